#!/bin/sh
# supervise.sh: one host from power-on to power-off. A reboot from inside ends nspawn with 133 and starts it again,
# so that network, mounts and kernel state are as fresh as after a real reboot; only the disk stays.
# Environment: HONEYDUE_LAB ALIAS SOURCES STATE (run folder of the host) BASE (image) DISK PUBLIC_BRIDGE PRIVATE_BRIDGE PUBLIC_MAC
# PRIVATE_MAC (empty: no private network) VOLUMES (folders that must not lie on overlayfs, blank separated)
set -u
. "$SOURCES/core/join-cgroup.sh"
join_cgroup "$ALIAS" || exit 1
namespace="$HONEYDUE_LAB-$ALIAS"

# The cables go first: a namespace lives on while a process of the host does, and its cables with it.
unplug() {
  for cable in "h-$ALIAS" "p-$ALIAS"; do ip -n "$HONEYDUE_LAB" link del "$cable" 2>/dev/null; done
  ip netns del "$namespace" 2>/dev/null
}

plug() {
  ip netns add "$namespace" && ip -n "$namespace" link set lo up || return 1
  nsenter --net="/run/netns/$namespace" sysctl -qw net.ipv6.conf.default.accept_dad=0
  ip -n "$HONEYDUE_LAB" link add "h-$ALIAS" address 02:00:00:00:00:01 type veth \
    peer name eth0 address "$PUBLIC_MAC" netns "$namespace" || return 1
  ip -n "$HONEYDUE_LAB" link set "h-$ALIAS" master "$PUBLIC_BRIDGE" up || return 1
  [ -n "$PRIVATE_MAC" ] || return 0
  ip -n "$HONEYDUE_LAB" link add "p-$ALIAS" address 02:00:00:00:00:02 type veth \
    peer name enp7s0 address "$PRIVATE_MAC" netns "$namespace" || return 1
  ip -n "$HONEYDUE_LAB" link set "p-$ALIAS" master "$PRIVATE_BRIDGE" up
}

# In a mount namespace of its own: when the host's last process ends, its mounts are gone with it.
start() {
  # shellcheck disable=SC2016
  exec unshare --mount --propagation private sh -c '
    mount -t overlay honeydue-lab -o "lowerdir=$BASE,upperdir=$DISK/upper,workdir=$DISK/work" "$DISK/root" || exit 1
    set --
    for volume in $VOLUMES; do
      set -- "$@" "--bind=$DISK/volumes$volume:$volume"
    done
    exec systemd-nspawn --quiet --boot --register=no --keep-unit --machine="$HONEYDUE_LAB-$ALIAS" --directory="$DISK/root" \
      --network-namespace-path="/run/netns/$HONEYDUE_LAB-$ALIAS" --capability=all --system-call-filter="@keyring bpf" \
      --bind=/dev/kmsg --resolv-conf=off --timezone=off --link-journal=no --console=pipe "$@"'
}

# nspawn killed by force leaves the host running without it: ends what is in the host's control group but this shell,
# and returns when it has ended, so that "this shell is gone" means "the host has no power" (at most ten seconds).
end_orphans() {
  group="/sys/fs/cgroup/systemd/honeydue-lab-$HONEYDUE_LAB/$ALIAS"
  [ -d "$group" ] || group="/sys/fs/cgroup/honeydue-lab-$HONEYDUE_LAB/$ALIAS"
  rounds=0
  while [ "$rounds" -lt 100 ]; do
    alive=no
    for pid in $(find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null); do
      [ "$pid" = "$$" ] || ! kill -KILL "$pid" 2>/dev/null || alive=yes
    done
    [ "$alive" = yes ] || return 0
    rounds=$((rounds + 1))
    sleep 0.1
  done
  echo "processes of $ALIAS do not end"
}

while :; do
  unplug
  if ! plug; then
    unplug
    exit 1
  fi
  (start) </dev/null &
  child=$!
  echo "$child" >"$STATE/nspawn.pid"
  wait "$child"
  code=$?
  rm -f "$STATE/nspawn.pid"
  echo "nspawn ended with $code"
  end_orphans
  [ "$code" = 133 ] || break
done
unplug
rmdir "/run/systemd/nspawn/propagate/$HONEYDUE_LAB-$ALIAS" 2>/dev/null
exit 0
