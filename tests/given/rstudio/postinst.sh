#!/bin/sh
# A fixture: what the real package does after it was unpacked, so far as it matters to an image.
useradd -r -U rstudio-server
ln -fs /usr/lib/rstudio-server/bin/rstudio-server /usr/sbin/rstudio-server
mkdir -p /etc/rstudio /var/lib/rstudio-server
date +%s > /etc/rstudio/installed
if [ "$(cat /proc/1/comm)" = systemd ]; then
  systemctl enable --now rstudio-server.service
else
  # past policy-rc.d, as the real one
  cp /usr/lib/rstudio-server/extras/init.d /etc/init.d/rstudio-server
  chmod +x /etc/init.d/rstudio-server
  update-rc.d rstudio-server defaults
  /etc/init.d/rstudio-server start
fi
exit 0
