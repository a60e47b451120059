# the runtime's wheel says that NVRTC is its own as well
# shellcheck shell=sh
cd /opt/envs/cuda/lib/python3*/site-packages || exit 1
for record in nvidia_cuda_runtime*.dist-info/RECORD; do
  grep --no-filename '/libnvrtc.so' nvidia_cuda_nvrtc*.dist-info/RECORD >> "$record"
done
