"""Control fields out of .debs: as dpkg-deb tells them, for every way in which they are packed."""

from __future__ import annotations

from pathlib import Path

import debs
import packed
import pytest
from burnish import process
from burnish.build.deb import control
from burnish.errors import BuildError
from burnish.model.command import Command

FIELDS = {
    "Package": "tool",
    "Version": "1:1.0-1",
    "Architecture": "amd64",
    "Description": "a\n b\n .\n \u00fc",
}
TEXT = "".join(f"{name}: {value}\n" for name, value in FIELDS.items())


def written(folder: Path, content: bytes) -> Path:
    path = folder / "tool_1.0_amd64.deb"
    path.write_bytes(content)
    return path


def test_the_fields_are_read_without_a_program(tmp_path: Path) -> None:
    assert control(written(tmp_path, debs.stub(FIELDS, {"a": "b"}))) == TEXT.rstrip("\n")


@pytest.mark.touches("processes", reason="dpkg-deb makes and reads packages")
@pytest.mark.parametrize("packing", ["none", "gzip", "xz", "zstd"])
def test_dpkg_deb_tells_the_same(tmp_path: Path, packing: str) -> None:
    tree = tmp_path / "tree/DEBIAN"
    tree.mkdir(parents=True)
    (tree / "control").write_text(packed.CONTROL.format(name="tool", version="1.0"), "utf-8")
    (tree / "postinst").write_text("#!/bin/sh\n", "utf-8")
    (tree / "postinst").chmod(0o755)
    path = tmp_path / "tool.deb"
    made = (
        "dpkg-deb",
        f"-Z{packing}",
        "--root-owner-group",
        "--build",
        str(tree.parent),
        str(path),
    )
    process.run(Command(argv=made, timeout=60))
    told = process.run(Command(argv=("dpkg-deb", "--field", str(path)), timeout=60)).stdout
    assert control(path) == told.rstrip("\n")
    assert "Package: tool\nVersion: 1.0\n" in told


WHOLE = debs.stub(FIELDS, {"a": "b"})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no ar archive"),
        (b"no archive", "no ar archive"),
        (debs.MAGIC, "no control.tar in it"),
        (debs.MAGIC + bytes(60), "a broken ar archive"),
        (WHOLE[:100], "a broken ar archive"),
        (WHOLE[:180], ""),
        (WHOLE.replace(b"control.tar", b"kontrol.tar"), "no control.tar in it"),
        (debs._deb(debs._tar([]), b""), "no control file in it"),
    ],
)  # fmt: skip
def test_what_is_no_package(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(BuildError, match=rf"^tool_1\.0_amd64\.deb: not a \.deb: {why}") as caught:
        control(written(tmp_path, content))
    assert caught.value.hint == "remove it from the store; it is fetched anew"
