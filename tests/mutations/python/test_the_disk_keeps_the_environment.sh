# everybody may write to one of the environment's files
# shellcheck shell=sh
sed -i '/"\/opt\/envs\/ml\/pyvenv.cfg"/s/"mode": *[0-9]*/"mode": 438/' listing.jsonl
