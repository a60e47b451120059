# programs run, in a locale that is not there
# shellcheck shell=sh
echo LANG=de_AT.UTF-8 > /etc/default/locale
