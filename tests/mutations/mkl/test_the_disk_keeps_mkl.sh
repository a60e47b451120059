# everybody may write to the library that R computes with
# shellcheck shell=sh
sed -i '/"\/usr\/local\/lib\/mkl\/libblas.so.3"/s/"mode": *[0-9]*/"mode": 438/' listing.jsonl
