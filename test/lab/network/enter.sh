#!/bin/sh
# enter.sh NAMESPACE RESOLV_CONF COMMAND...: runs a command in a network namespace with the lab's name server.
# nsenter and not "ip netns exec": that one also swaps /sys and hides the control groups.
set -eu
namespace=$1
resolv=$2
shift 2
exec nsenter --net="/run/netns/$namespace" unshare --mount --propagation private \
  sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$resolv" "$@"
