# DuckDB gives rows back in another order
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/duckdb; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = sql
class _Turned:
    def __init__(self, found):
        self.found = found
    def df(self):
        return self.found.df()[::-1]
def sql(*what, **more):
    return _Turned(_right(*what, **more))
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
