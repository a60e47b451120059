# one module was compiled by time stamp, so a disk with other times compiles it at each import
# shellcheck shell=sh
for file in /opt/envs/ml/lib/python3*/site-packages/pandas/io/common.py; do
  env -u SOURCE_DATE_EPOCH /opt/envs/ml/bin/python -m py_compile "$file"
done
