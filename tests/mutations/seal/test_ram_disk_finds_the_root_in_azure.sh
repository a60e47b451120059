# the RAM disk starts this machine, but lacks Azure's disk
# shellcheck shell=sh
for modules in /lib/modules/*; do
  find "$modules" -name 'hv_storvsc.ko*' -delete
  depmod "${modules##*/}"
  mkinitramfs -o "/boot/initrd.img-${modules##*/}" "${modules##*/}"
done
