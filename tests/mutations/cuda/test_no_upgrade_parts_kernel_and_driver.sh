# an upgrade may bring another driver
# shellcheck shell=sh
apt-mark unhold nvidia-kernel-dkms
