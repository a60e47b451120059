# jq answers, but always the same
# shellcheck shell=sh
printf '#!/bin/sh\necho null\n' > /usr/bin/jq
