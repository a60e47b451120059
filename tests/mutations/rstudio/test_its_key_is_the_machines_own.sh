# every machine made of this image takes the same cookies
# shellcheck shell=sh
touch --date=2026-01-01 /var/lib/rstudio-server/secure-cookie-key
