"""Finds this host's firmware images; gives code and variables, or says which package to add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from burnish.errors import ToolError
from burnish.model.machine import FirmwareKind

FOLDERS = (Path("/usr/share/OVMF"),)
# Debian 12 and Ubuntu 22.04 have both sizes, Debian 13 and Ubuntu 24.04 only 4M; `ms` variables
# hold Microsoft's keys, without which Secure Boot would trust no shim.
NAMES: Mapping[FirmwareKind, tuple[tuple[str, str], ...]] = {
    "uefi": (("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"), ("OVMF_CODE.fd", "OVMF_VARS.fd")),
    "secureboot": (
        ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.ms.fd"),
        ("OVMF_CODE.secboot.fd", "OVMF_VARS.ms.fd"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class FirmwareFiles:
    """The code, never written to, and the variables that each machine gets a copy of."""

    code: Path
    variables: Path


def find(kind: FirmwareKind, *, folders: tuple[Path, ...] = FOLDERS) -> FirmwareFiles | None:
    """The files of `kind`; None for BIOS, which QEMU brings along. ToolError if none is there."""
    if kind == "bios":
        return None
    for folder in folders:
        for code, variables in NAMES[kind]:
            if (folder / code).is_file() and (folder / variables).is_file():
                return FirmwareFiles(code=folder / code, variables=folder / variables)
    raise ToolError(
        f"OVMF: no firmware for '{kind}' in {', '.join(map(str, folders))}",
        hint="install the package 'ovmf'; `make setup` does",
    )
