# R computes, but with OpenBLAS
# shellcheck shell=sh
for name in blas lapack; do
  update-alternatives --quiet --set "lib$name.so.3-x86_64-linux-gnu" \
    "/usr/lib/x86_64-linux-gnu/openblas-pthread/lib$name.so.3"
done
