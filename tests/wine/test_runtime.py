"""Windows' runtime: nothing is run that is not signed by whom it is to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from burnish.catalog.wine import load_wine
from burnish.errors import BuildError
from burnish.lock import authenticode
from burnish.pipeline import World
from burnish.stages import wine

NAMED = {"python.exe", "python313.dll", "ucrtbase.dll", "vcruntime140_threads.dll"}


@pytest.fixture(scope="module")
def home(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """CPython's home, unpacked anew."""
    folder = tmp_path_factory.mktemp("runtime") / "Python313"
    found = wine.unpacked(world, load_wine(world.root), home=folder)
    assert set(found) >= NAMED
    assert {each.state for each in found.values()} <= {"right", "unproven"}
    assert found["DLLs/libcrypto-3.dll"].state == "right", "Debian knows its root"
    return folder


def test_another_signer_ends_the_run(world: World, tmp_path: Path) -> None:
    defined = load_wine(world.root)
    pieces = tuple(
        replace(piece, signer="Somebody Else") if "ucrtbase" in piece.files else piece
        for piece in defined.runtime.pieces
    )
    other = replace(defined, runtime=replace(defined.runtime, pieces=pieces))
    with pytest.raises(BuildError, match=r"ucrtbase.dll: it is signed by .*Microsoft Corporation"):
        wine.unpacked(world, other, home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_changed_byte_is_seen(world: World, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "python.exe"
    content = bytearray((home / "python.exe").read_bytes())
    content[0x600] ^= 1
    file.write_bytes(content)
    said = authenticode.look(file, "Python Software Foundation", place=wine.place(world))
    assert (said.state, said.text) == ("wrong", "it was changed after it was signed")
