"""Looks at what JupyterHub keeps for this machine alone, and lets it be made once more, as on a clone."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

STATE = Path("/var/lib/jupyterhub")
FIRST_BOOT = "/usr/local/lib/jupyterhub/first-boot"
SECRETS = ("proxy.env", "hub.env", "key.pem")
MADE = (*SECRETS, "certificate.pem")
started = Path("/proc/1").stat().st_mtime


def values():
    """Each secret by its name."""
    found = {name: (STATE / name).read_text() for name in MADE if (STATE / name).exists()}
    lines = [line for name in SECRETS[:2] for line in found.pop(name, "").splitlines()]
    return found | dict(line.split("=", 1) for line in lines)


def environment(unit):
    """What the unit's process was started with."""
    ask = ["systemctl", "show", "--value", "--property=MainPID", unit]
    pid = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def once_more():
    """The secrets of a second machine; this one's are put back."""
    with tempfile.TemporaryDirectory(dir=STATE) as kept:
        for name in MADE:
            if (STATE / name).exists():
                shutil.move(STATE / name, kept)
        try:
            subprocess.run([FIRST_BOOT], check=True, capture_output=True)
            return values()
        finally:
            for path in Path(kept).iterdir():
                path.replace(STATE / path.name)


def public(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout


def open_to_users(*folders):
    """Files that users could change, or that are not root's."""
    paths = [path for folder in folders for path in (Path(folder), *Path(folder).rglob("*"))]
    rows = [(str(path), path.lstat()) for path in paths if not path.is_symlink()]
    return [path for path, status in rows if status.st_uid or status.st_mode & 0o022]


here = values()
there = once_more()
hub, proxy = environment("jupyterhub.service"), environment("jupyterhub-proxy.service")
key, certificate = str(STATE / "key.pem"), str(STATE / "certificate.pem")
again = values()
subprocess.run([FIRST_BOOT], check=True, capture_output=True)
print(
    json.dumps(
        {
            "names": sorted(here),
            "lengths": sorted({len(here[name]) for name in here if name.isupper()}),
            "shared": sorted(name for name in here if here[name] == there.get(name)),
            "kept": again == values() == here,
            "readable": [name for name in SECRETS if (STATE / name).stat().st_mode & 0o077],
            "inherited": [n for n in MADE if (STATE / n).stat().st_mtime < started - 3600],
            "in_use": sorted(n for n in here if n.isupper() and hub.get(n) == here[n]),
            "of_the_proxy": sorted(n for n in here if proxy.get(n) == here[n]),
            "key_fits": public("pkey", "-in", key, "-pubout")
            == public("x509", "-in", certificate, "-noout", "-pubkey")
            != "",
            "open": open_to_users("/etc/jupyterhub", "/opt/jupyterhub", FIRST_BOOT),
        }
    )
)
