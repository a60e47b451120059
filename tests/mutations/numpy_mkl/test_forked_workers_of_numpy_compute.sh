# MKL uses GNU's OpenMP, whose threads a forked worker waits for without end
# shellcheck shell=sh
cd /usr/local/lib/mkl || exit 1
sed -i 's/Layer(4)/Layer(3)/' blas.c
for name in blas lapack; do
  gcc -O2 -shared -fPIC -Wl,--no-as-needed -Wl,-rpath,/opt/envs/mkl/lib "-Wl,-soname,lib$name.so.3" \
    -o "lib$name.so.3" blas.c /opt/envs/mkl/lib/libmkl_rt.so.3 -lgomp
done
