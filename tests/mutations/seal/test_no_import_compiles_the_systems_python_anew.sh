# one module was compiled by time stamp, so a disk with other times compiles it at each import
# shellcheck shell=sh
for file in /usr/lib/python3.*/json/decoder.py; do
  env -u SOURCE_DATE_EPOCH /usr/bin/python3 -m py_compile "$file"
done
