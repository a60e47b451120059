# everybody may write into everybody's library
# shellcheck shell=sh
chmod o+w /usr/local/lib/R/site-library
