# ptxas compiles for the newest architecture, whatever it is told
# shellcheck shell=sh
ptxas=$(readlink /usr/local/cuda/bin/ptxas)
rm /usr/local/cuda/bin/ptxas
printf '#!/bin/sh\nshift\nexec "%s" -arch=sm_90 "$@"\n' "$ptxas" > /usr/local/cuda/bin/ptxas
chmod +x /usr/local/cuda/bin/ptxas
