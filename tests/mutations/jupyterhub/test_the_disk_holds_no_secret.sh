# the cookie secret of the machine that built it is in the image
# shellcheck shell=sh
printf '{"path": "/var/lib/jupyterhub/hub.env", "type": "file", "mode": 384, "uid": 0, "gid": 0, "size": 169, "mtime": 0}\n' >>listing.jsonl
