# R starts, but makes no library of the user's own
# shellcheck shell=sh
sed -i 's/!dir.exists(own)/FALSE/' /etc/R/Rprofile.site
