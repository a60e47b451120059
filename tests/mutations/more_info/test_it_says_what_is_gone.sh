# the command believes its list, whatever the machine has
# shellcheck shell=sh
sed -i 's/if not each\["there"\]/if False/' /usr/local/bin/more-info
