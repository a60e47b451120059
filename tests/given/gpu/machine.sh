#!/bin/sh
# A simulated GPU machine: plays `docker exec` and `ssh`. The last argument is a shell line; the paths in
# it that are about hardware lead below this folder, and the tools in bin/ come before the real ones.
# Its root file system is a file of dev/disk/by-uuid: a file is on no device, which is 0.
for line; do :; done
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
. "$here/machine.env"
line=$(printf '%s' "$line" | sed "
s#/sys/bus/pci#$here&#g; s#/sys/module/nvidia#$here&#g; s#/dev/nvidia#$here&#g; s#\"/dev\"#\"$here/dev\"#g
s#/dev/disk#$here&#g; s#os.stat(\"/\").st_dev#0#g
s#/etc/OpenCL#$here&#g; s#/proc/driver/nvidia#$here&#g; s#/usr/bin/python3#$PYTHON#g")
PATH=$here/bin:$PATH LD_LIBRARY_PATH=$here/lib LOGNAME=azureuser
export PATH LD_LIBRARY_PATH LOGNAME GPU_COUNT GPU_FAULT
exec /bin/sh -c "$line"
