"""Makes a site's key and certificate for kernel modules; reads what a firmware knows."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def pair(folder: Path, *, name: str, bits: int = 2048) -> Path:
    """`folder`/NAME.key, for its owner alone, beside NAME.pem; gives the certificate. 0 bits: no RSA."""
    key: Key = (
        rsa.generate_private_key(public_exponent=65537, key_size=bits)
        if bits
        else ed25519.Ed25519PrivateKey.generate()
    )
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{name} modules")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey) else None)
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file, out = folder / f"{name}.key", folder / f"{name}.pem"
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    file.chmod(0o600)
    out.write_bytes(made.public_bytes(pem))
    return out


def listed(variables: Path) -> list[str]:
    """The common names of the certificates in a firmware's `db`, as virt-fw-vars reads them."""
    argv = [str(Path(sys.prefix) / "bin" / "virt-fw-vars"), "--input", str(variables)]
    done = subprocess.run(
        [*argv, "--print", "--verbose"], capture_output=True, text=True, check=True
    )
    own = done.stdout.partition("name=db ")[2].partition("\nname=")[0]
    return [line.partition("subject CN=")[2] for line in own.splitlines() if "subject" in line]
