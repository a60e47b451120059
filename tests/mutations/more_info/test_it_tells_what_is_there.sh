# the default environment's kernel is gone
# shellcheck shell=sh
rm -r /usr/local/share/jupyter/kernels/python3
