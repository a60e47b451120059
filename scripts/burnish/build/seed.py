"""The NoCloud seed: a user and a fresh key pair in, an ISO image for cloud-init out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pycdlib

from burnish import process
from burnish.model.command import Command

LABEL = "CIDATA"  # cloud-init looks for this label in either case; ISO 9660 allows upper case only
HOSTNAME = "burnish"


def make_key(path: Path) -> str:
    """Write a fresh ed25519 key pair to `path` and `path`.pub; the public key as text."""
    argv = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "burnish", "-f", str(path))
    process.run(Command(argv=argv, timeout=60))
    return path.with_name(f"{path.name}.pub").read_text(encoding="ascii").strip()


def documents(*, user: str, public_key: str) -> Mapping[str, str]:
    """The seed's files by name. JSON is YAML enough for cloud-init.

    Nothing but the user and the name is set: the image is to boot as it would in a cloud.
    """
    account = {
        "name": user,
        "shell": "/bin/bash",
        "sudo": "ALL=(ALL) NOPASSWD:ALL",
        "lock_passwd": True,
        "ssh_authorized_keys": [public_key],
    }
    # sudo resolves the machine's own name, which no DNS server of a NoCloud machine knows
    config = {"users": [account], "ssh_pwauth": False, "manage_etc_hosts": "localhost"}
    meta = {"instance-id": "burnish-boot", "local-hostname": HOSTNAME}
    return {
        "meta-data": json.dumps(meta) + "\n",
        "user-data": "#cloud-config\n" + json.dumps(config) + "\n",
    }


def write_iso(path: Path, *, files: Mapping[str, str]) -> None:
    """An ISO 9660 image with `files` at its root, their names kept by Joliet and Rock Ridge."""
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, vol_ident=LABEL, joliet=3, rock_ridge="1.09")
    try:
        for name, text in files.items():
            data = text.encode()
            short = name.upper().replace("-", "_")
            iso.add_fp(
                BytesIO(data), len(data), f"/{short}.;1", rr_name=name, joliet_path=f"/{name}"
            )
        iso.write(str(path))
    finally:
        iso.close()
