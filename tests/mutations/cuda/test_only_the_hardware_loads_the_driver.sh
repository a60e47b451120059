# the driver is loaded by name, as its package would
# shellcheck shell=sh
echo nvidia-drm > /etc/nvidia/current/nvidia-load.conf
ln -sf /etc/nvidia/current/nvidia-load.conf /etc/modules-load.d/nvidia.conf
