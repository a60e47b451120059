# numpy works, in a process that has the system's BLAS too
# shellcheck shell=sh
for site in /opt/envs/ml/lib/python3*/site-packages; do
  echo 'import ctypes; ctypes.CDLL("libblas.so.3", ctypes.RTLD_LOCAL)' > "$site/system-blas.pth"
done
