# nobody is told that the command is there
# shellcheck shell=sh
rm /etc/motd.d/more-info
