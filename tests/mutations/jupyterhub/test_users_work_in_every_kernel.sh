# names are made small, as the Hub does by itself: nobody is called bob
# shellcheck shell=sh
sed -i 's/pam_normalize_username = True/pam_normalize_username = False/' /etc/jupyterhub/jupyterhub_config.py
systemctl restart jupyterhub.service
