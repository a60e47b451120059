# everybody may write to one of R's files
# shellcheck shell=sh
sed -i '/"\/usr\/lib\/R\/bin\/R"/s/"mode": *[0-9]*/"mode": 438/' listing.jsonl
