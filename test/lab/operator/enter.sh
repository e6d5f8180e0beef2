#!/bin/sh
# enter.sh PASSWD COMMAND...: becomes the command, with the operator's account file in place of the machine's. Runs in a
# mount namespace of its own, which network/enter.sh has made.
set -eu
mount --bind "$1" /etc/passwd
shift
exec "$@"
