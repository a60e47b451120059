#!/bin/sh
# A simulated GPU: `nvidia-smi --query-gpu=... --format=csv,noheader`, from a table of every field
here=$(dirname "$0")/..
known=name,uuid,pci.bus_id,driver_version,persistence_mode,compute_cap
for each; do
  case $each in --query-gpu=*) wanted=${each#*=} ;; esac
done
code=$(cat "$here/smi.code")
[ "$code" = 0 ] || { cat "$here/smi.csv"; exit "$code"; }
awk -F', ' -v known="$known" -v wanted="$wanted" '
  BEGIN { n = split(known, names, ","); for (i = 1; i <= n; i++) at[names[i]] = i; m = split(wanted, ask, ",") }
  { for (i = 1; i <= m; i++) printf "%s%s", $at[ask[i]], i < m ? ", " : "\n" }
' "$here/smi.csv"
