#!/bin/sh
# Starts the Julia that is packed beside it, with its own libraries.
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/../lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/julia-itself" "$@"
