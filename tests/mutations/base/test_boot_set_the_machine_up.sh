# the machine runs, but the next kernel gets another command line
# shellcheck shell=sh
# the role's settings, and what made the disk's own menu
rm /etc/default/grub.d/50-burnish.cfg /etc/default/grub.d/90-burnish.cfg
