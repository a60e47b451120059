# one package has lost its compiled half; every other one still loads
# shellcheck shell=sh
rm /usr/lib/R/site-library/ranger/libs/ranger.so
