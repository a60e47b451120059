# polars reads parquet, but loses the last row
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/polars; do
  cat >> "$package/__init__.py" <<'PYTHON'
_whole = read_parquet
read_parquet = lambda *files, **options: _whole(*files, **options)[:-1]
PYTHON
  rm "$package"/__pycache__/__init__.*.pyc
done
