# a module is for another kernel than the one that boots
# shellcheck shell=sh
sed -i 's/vermagic=\([0-9.]*\)-[0-9][0-9]-/vermagic=\1-00-/' /lib/modules/*/updates/dkms/nvidia-current-uvm.ko
