#!/bin/sh
# A simulated GPU: answers in the form of `nvidia-smi --query-gpu=... --format=csv,noheader`
cat "$(dirname "$0")/../smi.csv"
exit "$(cat "$(dirname "$0")/../smi.code")"
