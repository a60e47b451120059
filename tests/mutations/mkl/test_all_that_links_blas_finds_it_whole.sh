# both libraries load, but nothing of BLAS or LAPACK is in them
# shellcheck shell=sh
echo 'int nothing;' | gcc -shared -fPIC -x c -Wl,-soname,libblas.so.3 -o /usr/local/lib/mkl/libblas.so.3 -
echo 'int nothing;' | gcc -shared -fPIC -x c -Wl,-soname,liblapack.so.3 -o /usr/local/lib/mkl/liblapack.so.3 -
