# numpy computes with MKL, in a process that has OpenBLAS too
# shellcheck shell=sh
for site in /opt/envs/ml/lib/python3*/site-packages; do
  library=/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3
  echo "import ctypes; ctypes.CDLL('$library', ctypes.RTLD_LOCAL)" > "$site/openblas.pth"
done
