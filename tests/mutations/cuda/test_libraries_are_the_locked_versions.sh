# the runtime is an older one
# shellcheck shell=sh
for place in /opt/envs/cuda/lib/python3*/site-packages/nvidia/cuda_runtime/lib/libcudart.so.12; do
  echo 'int cudaRuntimeGetVersion(int *version) { *version = 11080; return 0; }' |
    gcc -shared -fPIC -x c -o "$place" -
done
