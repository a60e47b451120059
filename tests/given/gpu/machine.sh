#!/bin/sh
# A simulated GPU machine: plays `docker exec`. The last argument is a shell line; the paths in it that
# are about hardware lead below this folder, and the tools in bin/ come before the real ones.
for line; do :; done
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
. "$here/machine.env"
line=$(printf '%s' "$line" | sed "
s#/sys/bus/pci#$here&#g; s#/sys/module/nvidia#$here&#g; s#/dev/nvidia#$here&#g; s#\"/dev\"#\"$here/dev\"#g
s#/etc/OpenCL#$here&#g; s#/proc/driver/nvidia#$here&#g; s#/usr/bin/python3#$PYTHON#g")
PATH=$here/bin:$PATH LD_LIBRARY_PATH=$here/lib
export PATH LD_LIBRARY_PATH GPU_COUNT GPU_FAULT
exec /bin/sh -c "$line"
