#!/bin/sh
# run-service.sh NAME COMMAND...: becomes the command, inside the control group service-NAME of the lab.
set -eu
. "$(dirname "$0")/../core/join-cgroup.sh"
name=$1
shift
join_cgroup "service-$name"
exec "$@"
