#!/bin/sh
# A simulated GPU machine: `systemctl show --property=... UNIT` from a file for each unit
for unit; do :; done
cat "$(dirname "$0")/../units/$unit"
