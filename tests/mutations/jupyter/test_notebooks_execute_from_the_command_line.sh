# the first kernel starts, but in Jupyter's own environment
# shellcheck shell=sh
sed -i 's#"/opt/envs/ml/bin/python"#"/opt/envs/hub/bin/python"#' \
  /usr/local/share/jupyter/kernels/ml/kernel.json
