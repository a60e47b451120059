"""`Certificate`: whose key signs the kernel modules that an image builds. Public, all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate of packer/keys/: `der` in base64, as a gallery takes it for a machine's `db`.

    `sha256` is that of its DER, `subject` its common name, `serial` in capital hexadecimal digits as
    modinfo has them without the colons, `ends` the last day that it is valid.
    """

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    subject: str
    serial: str
    sha256: str
    ends: date
    der: str

    @property
    def pem(self) -> str:
        """The certificate as text, as tools read it."""
        lines = [self.der[at : at + 64] for at in range(0, len(self.der), 64)]
        text = "\n".join(lines)
        return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
