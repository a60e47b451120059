# the OpenMP runtime that lightgbm loads is gone; every other package still works
# shellcheck shell=sh
rm /usr/lib/*/libgomp.so.1*
