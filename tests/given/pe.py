"""Takes a subject; gives the smallest Windows program there is, signed, and what vouches for its signer."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from burnish import process
from burnish.model.command import Command
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)
SIGNER = "Example Software Ltd"
PEM = serialization.Encoding.PEM


def program(*, content: bytes = b"burnish") -> bytes:
    """A PE32+ file with headers and one section: nothing would run it, everything signs it."""
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 512, 0, 0, 4096, 4096)
    optional += struct.pack(
        "<QIIHHHHHHIIIIHH", 0x140000000, 4096, 512, *[6, 0, 0, 0, 6, 0], 0, 8192, 512, 0, 3, 0
    )
    optional += struct.pack("<QQQQII", *[1 << 20] * 4, 0, 16) + bytes(16 * 8)
    section = struct.pack("<8sIIIIIIHHI", b".text", 512, 4096, 512, 512, *[0] * 4, 0x60000020)
    headers = dos + b"PE\0\0" + coff + optional + section
    return headers.ljust(512, b"\0") + content.ljust(512, b"\0")


PACKAGE = """<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi"><Product Id="*" Name="x" Language="1033"
 Version="1.0.0" Manufacturer="x" UpgradeCode="11111111-1111-1111-1111-111111111111">
<Package InstallerVersion="200" Compressed="yes"/><Media Id="1" Cabinet="x.cab" EmbedCab="yes"/>
<Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="D" Name="D">
<Component Id="C" Guid="21111111-1111-1111-1111-111111111111"><File Id="F" Source="x.txt"/></Component>
</Directory></Directory><Feature Id="X" Level="1"><ComponentRef Id="C"/></Feature></Product></Wix>
"""


def package(path: Path) -> Path:
    """A small MSI of one file, made by wixl."""
    source = path.with_suffix(".wxs")
    source.write_text(PACKAGE, encoding="utf-8")
    source.with_name("x.txt").write_text("burnish", encoding="utf-8")
    argv = ("wixl", "--output", str(path), source.name)
    process.run(Command(argv=argv, cwd=path.parent))
    return path


@dataclass(frozen=True)
class Authority:
    """A certificate of our own that stands for those that Windows trusts: a folder with its files."""

    folder: Path
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def roots(self) -> Path:
        """What is trusted where it is."""
        return self.folder / "root.pem"


def authority(folder: Path, *, name: str = "Example Root") -> Authority:
    """A new one."""
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = _certificate(_name(name), _name(name), key=key, by=key, root=True)
    (folder / "root.pem").write_bytes(made.public_bytes(PEM))
    return Authority(folder, key, made)


def signed(by: Authority, unsigned: Path, *, signer: str = SIGNER) -> Path:
    """The file with a signature of `signer`, whom the authority vouches for; lies beside it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    leaf = _certificate(_name(signer), by.certificate.subject, key=key, by=by.key, root=False)
    out, pem, secret = (unsigned.with_suffix(f".{each}") for each in ("signed", "pem", "key"))
    pem.write_bytes(leaf.public_bytes(PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    out.unlink(missing_ok=True)
    sign = ("osslsigncode", "sign", "-h", "sha256", "-certs", str(pem), "-key", str(secret))
    process.run(Command(argv=(*sign, "-in", str(unsigned), "-out", str(out))))
    return out


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, common),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    *,
    key: rsa.RSAPrivateKey,
    by: rsa.RSAPrivateKey,
    root: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 3650 * DAY)
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
    )
    if not root:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        made = made.add_extension(purpose, critical=False)
    return made.sign(by, hashes.SHA256())
