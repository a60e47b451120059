# the shared packages load, but each user compiles them first
# shellcheck shell=sh
rm -r /opt/julia-depot/compiled
