"""The firmware of the host is found whatever its release calls it, or its package is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish.build import firmware
from burnish.errors import ToolError
from burnish.model.machine import FirmwareKind

OLD = ("OVMF_CODE.fd", "OVMF_VARS.fd", "OVMF_CODE.secboot.fd", "OVMF_VARS.ms.fd")
NEW = tuple(name.replace("CODE", "CODE_4M").replace("VARS", "VARS_4M") for name in OLD)


def _folder(path: Path, *names: str) -> tuple[Path, ...]:
    for name in names:
        (path / name).touch()
    return (path,)


@pytest.mark.parametrize(
    ("kind", "names", "code", "variables"),
    [
        pytest.param("uefi", (*OLD, *NEW), NEW[0], NEW[1], id="debian-12-has-both"),
        pytest.param("uefi", NEW, NEW[0], NEW[1], id="debian-13"),
        pytest.param("uefi", OLD, OLD[0], OLD[1], id="small-only"),
        pytest.param("secureboot", NEW, NEW[2], NEW[3], id="secure-boot"),
        pytest.param("secureboot", OLD, OLD[2], OLD[3], id="secure-boot-small-only"),
    ],
)
def test_code_and_variables_of_one_size_are_found(
    tmp_path: Path,
    *,
    kind: FirmwareKind,
    names: tuple[str, ...],
    code: str,
    variables: str,
) -> None:
    found = firmware.find(kind, folders=_folder(tmp_path, *names))
    assert found == firmware.FirmwareFiles(code=tmp_path / code, variables=tmp_path / variables)


def test_bios_needs_none(tmp_path: Path) -> None:
    assert firmware.find("bios", folders=(tmp_path,)) is None


def test_a_missing_firmware_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        firmware.find("secureboot", folders=_folder(tmp_path, NEW[0], NEW[1], NEW[2]))
    assert str(caught.value) == f"OVMF: no firmware for 'secureboot' in {tmp_path}"
    assert caught.value.hint == "install the package 'ovmf'; `make setup` does"
