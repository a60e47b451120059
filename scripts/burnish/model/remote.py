"""`Remote`: a machine of the user's that a tier runs on; `Found`: what was asked of it first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from burnish.errors import UsageError

LOCAL = "localhost"
_FORM = re.compile(
    r"(?:(?P<user>[^@\s:]+)@)?(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*)(?::(?P<port>\d+))?"
)


@dataclass(frozen=True, kw_only=True)
class Remote:
    """How a machine is reached: by SSH, or not at all where it is this one (`localhost`).

    What is left empty, the user's own SSH configuration decides. `known` is a file of host keys for a
    machine that was only just made: the one that it shows first is kept there and held to.
    """

    host: str
    user: str = ""
    port: int = 0
    key: Path | None = None
    known: Path | None = None

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        return (self.host, self.user, self.port) == (LOCAL, "", 0)

    @classmethod
    def parse(cls, text: str, *, key: Path | None = None) -> Remote:
        """`[USER@]HOST[:PORT]`, or `localhost`. UsageError for anything else."""
        found = _FORM.fullmatch(text)
        if found is None or int(found["port"] or 0) > 65535:
            raise UsageError(
                f"not a host: {text!r}",
                hint="write HOST, USER@HOST, USER@HOST:PORT, a name of ~/.ssh/config, or localhost",
            )
        port = int(found["port"] or 0)
        return cls(host=found["host"], user=found["user"] or "", port=port, key=key)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Who logs in there and whether sudo asks nothing; the root file system's id; the GPUs.

    `gpus` counts NVIDIA's on the bus, whether a driver has them or not; `told` is what nvidia-smi says
    of them; `boot` is the kernel's id of this boot.
    """

    user: str
    sudo: bool
    root: str
    boot: str
    gpus: int
    told: str

    @property
    def where(self) -> str:
        """The machine in words, without its address."""
        return self.told or f"{self.gpus} NVIDIA GPUs that nvidia-smi says nothing of"
