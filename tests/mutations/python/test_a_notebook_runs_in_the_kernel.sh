# the kernel named ml starts, but is the system's own Python with the environment's packages
# shellcheck shell=sh
sed -i 's#"/opt/envs/ml/bin/python"#"env", "PYTHONPATH='"$(echo /opt/envs/ml/lib/python3*/site-packages)"'", "/usr/bin/python3"#' \
  /usr/local/share/jupyter/kernels/ml/kernel.json
