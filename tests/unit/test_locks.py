"""The lock's file: text to lock and back, bad lines, open entries; and which lock holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import makers
import pytest
from burnish.catalog.locks import HEADER, dump_lock, load_lock
from burnish.errors import DefinitionError
from burnish.lock.moves import moves
from burnish.model.lock import Lock, OpenEntry

SHOWN = "packer/locks/tiny-cpu.lock.yaml"
TEXT = f"""\
{HEADER}image: tiny-cpu
rootfs:
  declared:
  - bash
  epoch: 1764000000
  packages:
  - bash=1:5.2~rc1+b1 {makers.sha("bash")} 100 pool/main/b/bash/bash_5.2_amd64.deb
python:
  ml:
    declared:
    - pandas<3
    python: '3.11'
    epoch: 1764000100
    wheels:
    - pandas==2.0 {makers.sha("pandas")} 7 1764000100 pandas-2.0-py3-none-any.whl
open:
  tools: no mirror answers for trixie, nothing built
recorded:
  rootfs/bookworm: {makers.sha("InRelease")}
"""


def loaded(tmp_path: Path, text: str) -> Lock:
    path = tmp_path / "x.lock.yaml"
    path.write_text(text, encoding="utf-8")
    return load_lock(path, image="tiny-cpu", shown=SHOWN)


def test_text_to_lock_and_back(tmp_path: Path) -> None:
    lock = loaded(tmp_path, TEXT)
    assert dump_lock(lock) == TEXT
    assert lock.rootfs is not None
    assert lock.rootfs.packages[0].pin == "bash=1:5.2~rc1+b1"
    assert lock.python["ml"].declared == ("pandas<3",)
    assert lock.open == (
        OpenEntry(section="tools", reason="no mirror answers for trixie, nothing built"),
    )


@pytest.mark.parametrize(
    "lock",
    [
        pytest.param(Lock(image="x"), id="empty"),
        pytest.param(checkout.lock(), id="whole"),
        pytest.param(replace(checkout.lock(), standin=True, basis="abc"), id="local stand-in"),
        pytest.param(
            Lock(image="x", open=(OpenEntry(section="a", reason="yes: 'no'\n# \"x\" " * 90),)),
            id="a reason of many lines",
        ),
    ],
)
def test_lock_to_text_and_back(tmp_path: Path, lock: Lock) -> None:
    text = dump_lock(lock)
    assert loaded(tmp_path, text) == lock
    assert dump_lock(loaded(tmp_path, text)) == text


@pytest.mark.parametrize(
    "path", sorted((checkout.REPOSITORY / "packer/locks").glob("*.yaml")), ids=lambda p: p.stem
)
def test_committed_locks_are_as_burnish_writes_them(path: Path) -> None:
    lock = load_lock(path, image=path.name.removesuffix(".lock.yaml"), shown=path.name)
    assert dump_lock(lock) == path.read_text(encoding="utf-8")
    assert not lock.standin
    assert lock.basis == ""


def test_no_file_is_an_empty_lock(tmp_path: Path) -> None:
    assert load_lock(tmp_path / "none", image="x", shown="none") == Lock(image="x")


def test_bad_lines_are_named_all_at_once(tmp_path: Path) -> None:
    text = TEXT.replace(" 100 pool", " 1e2 pool").replace("pandas==2.0", "pandas=2.0")
    with pytest.raises(DefinitionError) as caught:
        loaded(tmp_path, text)
    wheel, deb = (str(each) for each in caught.value.problems)
    assert wheel.startswith(f"{SHOWN}: python.ml: not a pin: 'pandas=2.0 {makers.sha('pandas')} ")
    assert deb.startswith(f"{SHOWN}: rootfs: not a pin: 'bash=1:5.2~rc1+b1 {makers.sha('bash')} ")
    assert {each.hint for each in caught.value.problems} == {
        "resolve it anew with `burnish lock IMAGE`"
    }


def test_a_cut_digest_is_no_pin(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        loaded(tmp_path, TEXT.replace(makers.sha("bash"), makers.sha("bash")[:60]))


def test_unknown_keys_are_problems(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        loaded(tmp_path, TEXT.replace("\nopen:", "\nopened:"))
    problem = caught.value.problems[0]
    assert str(problem).endswith(": opened: unknown key 'opened'")
    assert problem.hint == "did you mean 'open'?"


def test_requirements_have_hashes_and_no_index() -> None:
    assert makers.python_lock("numpy", "scipy").requirements() == (
        f"numpy==1.0 --hash=sha256:{makers.sha('numpy1.0')}\n"
        f"scipy==1.0 --hash=sha256:{makers.sha('scipy1.0')}\n"
    )


def test_a_debs_file_is_named_as_apt_names_it() -> None:
    package = replace(makers.package("dmsetup"), version="2:1.02-2")
    assert package.file == "dmsetup_2%3a1.02-2_amd64.deb"


def test_moves_tell_what_differs() -> None:
    old = checkout.lock()
    wheels = (makers.wheel("numpy", "2.0"), makers.wheel("scipy"))
    new = replace(old, python={"ml": replace(old.python["ml"], wheels=wheels)}, tools=None)
    assert [(m.section, m.name, m.old, m.new) for m in moves(old, new)] == [
        ("python:ml", "numpy", "1.0", "2.0"),
        ("python:ml", "scipy", "", "1.0"),
        ("tools", "mtools", "1.0-1", ""),
    ]
    assert moves(old, old) == ()
