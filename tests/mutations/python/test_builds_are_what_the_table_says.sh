# torch says that it is built with another CUDA than the table has
# shellcheck shell=sh
cd /opt/envs/torch/lib/python3*/site-packages/torch
echo "cuda = '1.0'" >>version.py
rm -f __pycache__/version.*.pyc
