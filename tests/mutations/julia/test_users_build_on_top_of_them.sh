# own packages load, but nothing that was compiled is kept
# shellcheck shell=sh
sed -i 's/^exec .*julia /&--compiled-modules=no /' /usr/local/bin/julia
