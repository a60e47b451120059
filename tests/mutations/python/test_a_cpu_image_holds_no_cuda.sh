# a CUDA library slipped in
# shellcheck shell=sh
for site in /opt/envs/ml/lib/python3*/site-packages; do
  mkdir "$site/nvidia_nccl_cu12-2.28.9.dist-info"
  printf 'Metadata-Version: 2.1\nName: nvidia-nccl-cu12\nVersion: 2.28.9\n' \
    > "$site/nvidia_nccl_cu12-2.28.9.dist-info/METADATA"
done
