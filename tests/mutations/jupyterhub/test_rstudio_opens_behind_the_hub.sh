# RStudio is not told below which path it is, so its links lead elsewhere
# shellcheck shell=sh
for folder in /opt/envs/hub/lib/python3*/site-packages/jupyter_rsession_proxy; do
  sed -i "s#{prefix}/')#elsewhere/')#" "$folder/__init__.py"
  rm -f "$folder"/__pycache__/__init__.*.pyc
done
