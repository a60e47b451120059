# apt works, and upgrades every day by itself
# shellcheck shell=sh
systemctl enable --quiet apt-daily-upgrade.timer
