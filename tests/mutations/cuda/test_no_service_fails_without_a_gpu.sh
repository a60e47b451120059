# the persistence daemon starts everywhere
# shellcheck shell=sh
rm /etc/systemd/system/nvidia-persistenced.service.d/burnish.conf
systemctl daemon-reload
