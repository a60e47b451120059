# MLflow logs half of each metric
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/mlflow; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = log_metric
def log_metric(key, value, *what, **more):
    return _right(key, value / 2, *what, **more)
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
