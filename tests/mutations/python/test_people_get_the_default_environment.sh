# `python` works, but is the system's
# shellcheck shell=sh
ln -sf /usr/bin/python3 /usr/local/bin/python
