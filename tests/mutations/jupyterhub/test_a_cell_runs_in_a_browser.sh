# pages load, but no browser gets a way to its kernel
# shellcheck shell=sh
sed -i 's/c.Spawner.notebook_dir/c.Spawner.args = ["--ServerApp.allow_origin=https:\/\/elsewhere"]\n&/' /etc/jupyterhub/jupyterhub_config.py
systemctl restart jupyterhub.service
