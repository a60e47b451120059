# cloud-init works, for another cloud
# shellcheck shell=sh
echo 'datasource_list: [Ec2, None]' > /etc/cloud/cloud.cfg.d/99-other.cfg
