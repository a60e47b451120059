# every kernel of Python starts, but in Jupyter's own environment
# shellcheck shell=sh
sed -i 's#"/opt/envs/[a-z]*/bin/python"#"/opt/envs/hub/bin/python"#' \
  /usr/local/share/jupyter/kernels/*/kernel.json
