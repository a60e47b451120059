# everybody may write to a wheel
# shellcheck shell=sh
sed -i '/lib\/mkl\/wheels\/numpy\/numpy-/s/"mode": *[0-9]*/"mode": 438/' listing.jsonl
