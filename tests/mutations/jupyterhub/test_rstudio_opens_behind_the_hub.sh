# RStudio is not told below which path it is, so its links lead elsewhere
# shellcheck shell=sh
cd /opt/envs/hub/lib/python3*/site-packages/jupyter_rsession_proxy
sed -i "s#{prefix}/')#elsewhere/')#" __init__.py
rm -f __pycache__/__init__.*.pyc
