# The last thing that runs on a Linux machine in Azure: it forgets that it was one. Run by root, with the
# name of the user who builds: that user is gone afterwards, so nobody logs in again.
#   generalise USER
set -eu
builder=$1

# what layers were given; it may lie in memory or on the disk
if mountpoint --quiet /run/burnish; then umount /run/burnish; fi
rm -rf /run/burnish /var/lib/burnish-inputs

cloud-init clean --logs
/usr/sbin/waagent -force -deprovision+user
# The agent asks its own notes whom to take away, and finds none where cloud-init made the user.
if getent passwd "$builder" > /dev/null; then userdel --force --remove "$builder" 2> /dev/null || true; fi
if getent passwd "$builder" > /dev/null; then
  echo "burnish: generalise: $builder is still there"
  exit 1
fi

# what the seal left for now: keys, logs and notes that the machine itself needed
if [ -f /run/burnish-last/what.json ]; then
  /usr/bin/python3 -B /run/burnish-last/sweep.py "$(cat /run/burnish-last/what.json)" > /dev/null
  rm -rf /run/burnish-last
fi
: > /etc/machine-id
sync
