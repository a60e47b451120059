# the kernel named julia starts, but is Python
# shellcheck shell=sh
cp /usr/local/share/jupyter/kernels/python3/kernel.json /usr/local/share/jupyter/kernels/julia/kernel.json
