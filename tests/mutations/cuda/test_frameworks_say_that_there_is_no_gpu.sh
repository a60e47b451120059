# torch computes on the processor where it was told to use the GPU
# shellcheck shell=sh
for package in /opt/envs/torch/lib/python3*/site-packages/torch; do
  printf '\nTensor.cuda = lambda self, *_, **__: self\n' >> "$package/__init__.py"
  rm -f "$package"/__pycache__/__init__.*.pyc
done
