# it says that it is another version
# shellcheck shell=sh
rm /usr/bin/code
# shellcheck disable=SC2016  # the script that is written expands it
printf '#!/bin/sh\n[ "$1" = --version ] && exec echo 0.0.0\nexec /usr/share/code/bin/code "$@"\n' > /usr/bin/code
chmod +x /usr/bin/code
