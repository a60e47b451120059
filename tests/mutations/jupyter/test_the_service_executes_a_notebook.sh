# the service runs, but lets everybody in
# shellcheck shell=sh
sed -i '/^ExecStart=/s/$/ --IdentityProvider.token= --ServerApp.allow_unauthenticated_access=True/' \
  /etc/systemd/system/jupyterlab@.service
systemctl daemon-reload
