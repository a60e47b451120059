# the patch does nothing, and says nothing
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/sklearnex; do
  echo 'def patch_sklearn(*names, **options): pass' >> "$package/__init__.py"
  rm -f "$package"/__pycache__/__init__.*.pyc
done
