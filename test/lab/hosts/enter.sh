#!/bin/bash
# enter.sh INIT_PID COMMAND: runs a command inside a host as root, in the control groups of the host's init, so that it
# ends with the host. Needs neither sshd nor an open port.
set -u
init=$1
while IFS=: read -r _ controllers path; do
  name=${controllers#name=}
  [ -n "$name" ] || name=unified
  [ -e /sys/fs/cgroup/cgroup.controllers ] && name=.
  echo $$ >"/sys/fs/cgroup/$name$path/cgroup.procs"
done <"/proc/$init/cgroup" 2>/dev/null
exec nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup -- \
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
  bash --norc -c "cd; $2"
