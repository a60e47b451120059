# torch computes, but says that it has no MKL
# shellcheck shell=sh
for package in /opt/envs/*/lib/python3*/site-packages/torch/backends/mkl; do
  echo 'def is_available(): return False' >> "$package/__init__.py"
  rm -f "$package"/__pycache__/__init__.*.pyc
done
