# MKL's complex scalar product, as Fortran calls it, forgets to conjugate
# shellcheck shell=sh
cd /usr/local/lib/mkl || exit 1
sed -i '/^DOT(zdotc/d; s/^DOT(zdotu/#define cblas_zdotc_sub cblas_zdotu_sub\nDOT(zdotc, double complex)\n&/' blas.c
for name in blas lapack; do
  gcc -O2 -shared -fPIC -Wl,--no-as-needed -Wl,-rpath,/opt/envs/mkl/lib "-Wl,-soname,lib$name.so.3" \
    -o "lib$name.so.3" blas.c /opt/envs/mkl/lib/libmkl_rt.so.3 /opt/envs/mkl/lib/libtbb.so.12
done
