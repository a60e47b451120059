#!/bin/sh
# A hook of mmdebstrap, run after its `apt-get update`: takes the root folder and, in STANDIN_NAMES,
# package names; downloads those that Debian has, with all they need. Names Debian lacks are left out.
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
get() { apt-get --yes --quiet --download-only --no-install-recommends install '?essential' "$@"; }
apt-cache dumpavail | sed -n 's/^Package: //p' | sort -u > "$1/known"
# shellcheck disable=SC2086  # one name a word
wanted=$(printf '%s\n' $STANDIN_NAMES | sort -u | comm -12 - "$1/known")
rm "$1/known"
# All at once is quick; names that exclude each other only come one by one.
# shellcheck disable=SC2086
get $wanted || for name in $wanted; do get "$name"; done
