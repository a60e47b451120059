# the launcher offers RStudio, which is not there
# shellcheck shell=sh
sed -i 's/true/false/' /etc/jupyter/labconfig/page_config.json
