# the disk has the name of the container that it was made of
# shellcheck shell=sh
echo 0123456789ab > root/etc/hostname
