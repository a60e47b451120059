# the disk lacks the module that computes
# shellcheck shell=sh
sed -i '/nvidia-current-uvm.ko/d' listing.jsonl
