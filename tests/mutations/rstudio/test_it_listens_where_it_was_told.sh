# it is up, but for the whole network
# shellcheck shell=sh
sed -i 's/^www-address=.*/www-address=0.0.0.0/' /etc/rstudio/rserver.conf
systemctl restart rstudio-server
