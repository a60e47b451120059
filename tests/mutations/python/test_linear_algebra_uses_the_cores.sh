# every process computes on one core only
# shellcheck shell=sh
for site in /opt/envs/ml/lib/python3*/site-packages; do
  echo 'import os; os.environ["OPENBLAS_NUM_THREADS"] = "1"' > "$site/one-core.pth"
done
