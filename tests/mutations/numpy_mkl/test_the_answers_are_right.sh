# the complex scalar product that numpy asks for forgets to conjugate
# shellcheck shell=sh
cd /usr/local/lib/mkl || exit 1
cat >> blas.c <<'C'
void cblas_zdotc_sub(int n, const void *x, int stepx, const void *y, int stepy, void *sum)
{
    cblas_zdotu_sub(n, x, stepx, y, stepy, sum);
}
C
for name in blas lapack; do
  gcc -O2 -shared -fPIC -Wl,--no-as-needed -Wl,-rpath,/opt/envs/mkl/lib "-Wl,-soname,lib$name.so.3" \
    -o "lib$name.so.3" blas.c /opt/envs/mkl/lib/libmkl_rt.so.3 /opt/envs/mkl/lib/libtbb.so.12
done
