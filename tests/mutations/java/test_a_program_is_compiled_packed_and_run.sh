# Java runs, but trusts nobody
# shellcheck shell=sh
rm /etc/ssl/certs/java/cacerts
printf 'changeit\nchangeit\n' | keytool -genkeypair -alias one -keyalg EC -dname CN=one \
  -keystore /etc/ssl/certs/java/cacerts -storepass changeit
chmod 0644 /etc/ssl/certs/java/cacerts
