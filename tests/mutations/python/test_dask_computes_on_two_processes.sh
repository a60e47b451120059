# a cluster has one worker, whatever was asked for
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/distributed; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = LocalCluster.__init__
def _one(self, *what, **more):
    more["n_workers"] = 1
    _right(self, *what, **more)
LocalCluster.__init__ = _one
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
