# Sourced: moves this shell into the lab's control group $1 of every controller, so that whatever it
# starts can be found and ended by that name, and so that a host's control group namespace is its own.
join_cgroup() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then # version 2
    mkdir -p "/sys/fs/cgroup/honeydue-lab-$HONEYDUE_LAB/$1"
    echo $$ >"/sys/fs/cgroup/honeydue-lab-$HONEYDUE_LAB/$1/cgroup.procs"
    return
  fi
  # "unified" as well: where it exists, nspawn names the host's groups after the place it has there, and hosts that share
  # one place would manage each other's units.
  for controller in cpu cpuacct cpuset memory devices freezer blkio pids systemd unified; do
    top="/sys/fs/cgroup/$controller"
    [ -d "$top" ] || continue
    mkdir -p "$top/honeydue-lab-$HONEYDUE_LAB/$1"
    if [ "$controller" = cpuset ]; then # a new cpuset is empty and takes no process
      for file in cpuset.cpus cpuset.mems; do
        cat "$top/$file" >"$top/honeydue-lab-$HONEYDUE_LAB/$file"
        cat "$top/$file" >"$top/honeydue-lab-$HONEYDUE_LAB/$1/$file"
      done
    fi
    echo $$ >"$top/honeydue-lab-$HONEYDUE_LAB/$1/cgroup.procs"
  done
}
