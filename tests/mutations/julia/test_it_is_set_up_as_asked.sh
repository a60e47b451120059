# everybody may change the packages that everybody shares
# shellcheck shell=sh
chmod o+w /opt/julia-depot/packages
