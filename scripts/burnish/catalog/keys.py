"""Takes packer/keys/NAME.pem of each root; gives the certificates, or what is wrong with them.

The private key of one is the site's: looked at before a build, never copied, never in a folder of ours.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from burnish.catalog.document import Document
from burnish.catalog.validate import closest
from burnish.errors import DefinitionError, Problem
from burnish.model.image import Image
from burnish.model.signing import Certificate

FOLDER = "packer/keys"
# What Debian's kernels have the code to verify, and firmware takes.
BITS = (2048, 3072, 4096)
HOW = "docs/gpu.md says how to make key and certificate"
PRIVATE = "PRIVATE KEY"


def load_keys(
    roots: Sequence[Path], *, shown: Callable[[Path], str]
) -> tuple[dict[str, Certificate], list[Problem]]:
    """The certificates of all roots by name; a later root replaces what an earlier one has."""
    found: dict[str, Certificate] = {}
    problems: list[Problem] = []
    for path in (path for root in roots for path in sorted((root / FOLDER).glob("*.pem"))):
        try:
            found[path.stem] = certificate(path.read_bytes(), name=path.stem)
        except ValueError as error:
            problems.append(Problem(file=shown(path), line=0, path="", text=str(error), hint=HOW))
    return dict(sorted(found.items())), problems


def certificate(text: bytes, *, name: str) -> Certificate:
    """The certificate in a PEM file; ValueError says why none could be used."""
    if PRIVATE.encode() in text:
        raise ValueError("holds a private key: take it out of the repository, and make a new one")
    try:
        found = x509.load_pem_x509_certificate(text)
    except ValueError as error:
        raise ValueError("is no certificate in PEM") from error
    public = found.public_key()
    if not isinstance(public, RSAPublicKey) or public.key_size not in BITS:
        raise ValueError(f"its key is none of RSA with {', '.join(map(str, BITS))} bits")
    names = found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    if not names:
        raise ValueError("has no common name (CN), by which modinfo tells the signer")
    der = found.public_bytes(serialization.Encoding.DER)
    serial = f"{found.serial_number:X}"
    return Certificate(
        name=name,
        subject=str(names[0].value),
        serial=serial.zfill(len(serial) + len(serial) % 2),
        sha256=found.fingerprint(hashes.SHA256()).hex(),
        ends=found.not_valid_after_utc.date(),
        der=base64.b64encode(der).decode(),
    )


def check_signing(
    images: Mapping[str, Image],
    documents: Mapping[tuple[str, str], Document],
    *,
    keys: Mapping[str, Certificate],
) -> list[Problem]:
    """Images that name a certificate which is not there."""
    problems = []
    for image in images.values():
        if image.signing and image.signing not in keys:
            text = f"unknown certificate {image.signing!r}"
            hint = f"{closest(image.signing, keys)} certificates live in {FOLDER}/".strip()
            document = documents["images", image.name]
            problems.append(document.problem(("signing",), text, hint=hint))
    return problems


def check_private(path: Path, *, of: Certificate, site: str) -> None:
    """DefinitionError unless `path` holds the private key of a certificate, for its owner alone."""

    def wrong(text: str, hint: str = HOW) -> DefinitionError:
        return DefinitionError(
            [Problem(file=site, line=0, path=f"signing.{of.name}", text=text, hint=hint)]
        )

    try:
        mode, text = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise wrong(f"{path}: {error.strerror}") from error
    if mode & 0o077:
        raise wrong(f"{path} can be read by others", f"chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (TypeError, ValueError) as error:
        hint = "openssl pkey -in KEY -out PLAIN takes a passphrase off"
        raise wrong(f"{path} is no private key in PEM without a passphrase", hint) from error
    public = x509.load_der_x509_certificate(base64.b64decode(of.der)).public_key()
    if not isinstance(key, RSAPrivateKey) or key.public_key() != public:
        text_ = f"{path} is not the key of the certificate {FOLDER}/{of.name}.pem"
        raise wrong(text_, "name the key that belongs to it, or another certificate")
