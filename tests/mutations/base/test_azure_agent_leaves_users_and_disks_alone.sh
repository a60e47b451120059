# the agent works, and formats the temporary disk
# shellcheck shell=sh
sed -i 's/^ResourceDisk.Format=n/ResourceDisk.Format=y/' /etc/waagent.conf
