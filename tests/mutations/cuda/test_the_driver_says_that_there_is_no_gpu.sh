# another driver's library is found first
# shellcheck shell=sh
printf '%s\n' 'int cuDriverGetVersion(int *version) { *version = 11040; return 0; }' \
  'int cuInit(unsigned flags) { return 100; }' |
  gcc -shared -fPIC -x c -Wl,-soname,libcuda.so.1 -o /usr/local/lib/libcuda.so.1 -
ldconfig
