# users' servers keep what kernels print from whoever looks
# shellcheck shell=sh
cat >>/etc/jupyterhub/jupyterhub_config.py <<'EOF'
c.Spawner.args = ["--ZMQChannelsWebsocketConnection.iopub_data_rate_limit=1"]
EOF
systemctl restart jupyterhub.service
