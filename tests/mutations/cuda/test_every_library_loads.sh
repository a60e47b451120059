# one more library of the runtime's wheel needs another that nobody has
# shellcheck shell=sh
cd /opt/envs/cuda/lib/python3*/site-packages/nvidia/cuda_runtime/lib || exit 1
echo 'void nobody(void) {}' | gcc -shared -fPIC -x c -Wl,-soname,libnobody.so -o libnobody.so -
echo 'void nobody(void); void somebody(void) { nobody(); }' |
  gcc -shared -fPIC -x c -o libsomebody.so.1 - -L. -lnobody
rm libnobody.so
