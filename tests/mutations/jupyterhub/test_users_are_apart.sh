# every user may open every server
# shellcheck shell=sh
cat >>/etc/jupyterhub/jupyterhub_config.py <<'EOF'
c.JupyterHub.load_roles = [{"name": "user", "scopes": ["self", "access:servers"]}]
EOF
systemctl restart jupyterhub.service
