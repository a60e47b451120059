# the runtime computes, in an environment that lost MKL's licence
# shellcheck shell=sh
rm /opt/envs/mkl/lib/python3*/site-packages/mkl-2*.dist-info/LICENSE*
