# a program works for everybody, and its group may put another in its place
# shellcheck shell=sh
echo '{"path": "/usr/local/bin/tool", "type": "file", "mode": 509, "uid": 0, "gid": 50, "size": 1, "mtime": 0}' >> listing.jsonl
