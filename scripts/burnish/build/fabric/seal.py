"""The wireserver's envelope: the certificate of a guest in, a PFX encrypted for it (base64) out."""

from __future__ import annotations

import base64
from pathlib import Path
from tempfile import TemporaryDirectory

from burnish import process
from burnish.errors import BurnishError
from burnish.model.command import Command

SUBJECT = "/CN=simulated Azure"


def sealed(certificate: str) -> str:
    """`certificate` is what stands between the PEM's lines. The PFX holds one certificate and no key."""
    lines = ["-----BEGIN CERTIFICATE-----", *_wrapped(certificate), "-----END CERTIFICATE-----"]
    with TemporaryDirectory(prefix="burnish-") as name:
        room = Path(name)
        guest, own = room / "guest.pem", room / "own.pem"
        guest.write_text("\n".join((*lines, "")), encoding="ascii")
        made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", SUBJECT, "-days", "30")
        _openssl(*made, "-keyout", str(room / "own.key"), "-out", str(own))
        pfx = ("pkcs12", "-export", "-nokeys", "-in", str(own), "-passout", "pass:")
        _openssl(*pfx, "-out", str(room / "own.pfx"))
        envelope = ("cms", "-encrypt", "-binary", "-des3", "-outform", "DER")
        paths = ("-in", str(room / "own.pfx"), "-out", str(room / "envelope"))
        _openssl(*envelope, *paths, str(guest))
        packed = base64.b64encode((room / "envelope").read_bytes()).decode("ascii")
        # openssl in the guest reads no longer lines
        return "\n".join(_wrapped(packed))


def _wrapped(text: str) -> list[str]:
    packed = "".join(text.split())
    return [packed[at : at + 64] for at in range(0, len(packed), 64)]


def _openssl(*words: str) -> None:
    done = process.run(Command(argv=("openssl", *words), timeout=60), check=False)
    if done.returncode:
        raise BurnishError(f"openssl {words[0]}: {done.stderr.strip()}")
