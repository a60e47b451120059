"""Pins by hand: what is wrong with one, which apply, what they make of a lock and of the resolvers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import checkout
import makers
import pytest
import resolvable
from burnish.catalog.load import load
from burnish.errors import DefinitionError
from burnish.lock import wheels
from burnish.model.lock import Interpreter, Lock
from burnish.model.pin import Pin
from burnish.model.plan import Plan
from burnish.plan import pins

FILE = "packer/pins/stack.yaml"
TEXT = """\
name: stack
pins:
  - section: python:ml
    package: NumPy
    version: "<2"
    reason: the ABI moves
    link: https://example.com/1
    review: 2027-01-01
"""
PYTHON = Interpreter(version="3.11")
processes = pytest.mark.touches("processes", reason="the resolvers themselves keep the pins")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout.write(tmp_path_factory.mktemp("root"))


@pytest.fixture
def pinned(root: Path) -> Iterator[Path]:
    with checkout.edited(root, FILE, new=TEXT):
        yield root


@pytest.fixture
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def plan(root: Path, lock: Lock | None = None) -> Plan:
    return checkout.resolved(root, lock)


@pytest.mark.parametrize(
    ("old", "new", "text", "hint"),
    [
        ("    reason: the ABI moves\n", "", "3: pins[0].reason: the key 'reason' is missing", ""),
        ("the ABI moves", "' '", "6: pins[0].reason: a pin by hand says why", ""),
        (
            "https://example.com/1",
            "see below",
            "7: pins[0].link: a pin by hand has a link",
            "an issue, a release note: https://...",
        ),
        (
            "python:ml",
            "python:mll",
            "3: pins[0].section: unknown section 'python:mll'",
            "did you mean 'python:ml'?",
        ),
        (
            '"<2"',
            "two",
            "5: pins[0].version: 'two' is no version to hold NumPy to",
            "a specifier, such as <3 or ==2.3.*",
        ),
        (
            "python:ml",
            "apt:base",
            "5: pins[0].version: '<2' is no version to hold NumPy to",
            "=VERSION, as apt takes it",
        ),
        (
            "name: stack",
            "name: stak",
            "1: name: no image, base or profile is called 'stak'",
            "did you mean 'stack'?",
        ),
    ],
)
def test_what_is_wrong_with_a_pin(pinned: Path, old: str, new: str, text: str, hint: str) -> None:
    with checkout.edited(pinned, FILE, old=old, new=new), pytest.raises(DefinitionError) as caught:
        load([pinned])
    told = [(str(problem), problem.hint) for problem in caught.value.problems]
    assert (f"{FILE}:{text}", hint) in told


@pytest.mark.parametrize("day", ["2027-02-30", "soon"])
def test_a_day_that_there_is_not(pinned: Path, day: str) -> None:
    with (
        checkout.edited(pinned, FILE, old="2027-01-01", new=day),
        pytest.raises(DefinitionError) as caught,
    ):
        load([pinned])
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{FILE}:8: pins[0].review: input should be a valid date")


@pytest.mark.parametrize(
    ("name", "images"),
    [
        ("stack", ["tiny-cpu", "tiny-gpu"]),
        ("tiny", ["tiny-cpu", "tiny-gpu"]),
        ("tiny-gpu", ["tiny-gpu"]),
    ],
)
def test_pins_are_for_what_their_file_is_named_after(
    root: Path, name: str, images: list[str]
) -> None:
    file = f"packer/pins/{name}.yaml"
    with checkout.edited(root, file, new=TEXT.replace("stack", name, 1)):
        catalog = load([root])
    found = [each for each in catalog.images if checkout.plan_of(catalog, image=each).pins]
    assert found == images


def test_a_lock_that_keeps_the_pins_is_not_open_and_no_id_moves(pinned: Path) -> None:
    held = plan(pinned)
    assert held.open == ()
    with checkout.edited(pinned, FILE, old="<2", new="<3"):
        assert plan(pinned).id == held.id


@pytest.mark.parametrize(
    ("section", "package", "version", "reason"),
    [
        ("python:ml", "NumPy", ">1", "NumPy>1 is pinned by hand, the lock has 1.0"),
        ("rootfs", "bash", "=2*", "bash=2* is pinned by hand, the lock has 1.0-1"),
        ("apt:base", "jq", "=1.0", "jq=1.0 is pinned by hand, the lock has 1.0-1"),
        ("tools", "mtools", "=1.1-1", "mtools=1.1-1 is pinned by hand, the lock has 1.0-1"),
    ],
)
def test_a_section_that_keeps_not_to_a_pin_is_open(
    pinned: Path, section: str, package: str, version: str, reason: str
) -> None:
    text = TEXT.replace("python:ml", section).replace("NumPy", package).replace("<2", version)
    with checkout.edited(pinned, FILE, old=TEXT, new=text):
        assert [(each.section, each.reason) for each in plan(pinned).open] == [(section, reason)]


@pytest.mark.parametrize(
    ("made", "day", "text"),
    [
        (makers.pin(), date(2027, 1, 1), ""),
        (
            makers.pin(),
            date(2027, 1, 2),
            "pin by hand overdue since 2027-01-01: numpy<2: why, https://x",
        ),
        (
            makers.pin(package="numpyy"),
            date(2027, 1, 1),
            "numpyy<2 is pinned by hand, but nothing in python:ml is called so",
        ),
        (makers.pin("apt:none"), date(2027, 1, 1), ""),
    ],
)
def test_what_has_to_be_looked_at(made: Pin, day: date, text: str) -> None:
    (state,) = pins.states([made], lock=checkout.lock(), today=day)
    assert str(state.finding or "") == (f"packer/pins/x.yaml:3: {text}" if text else "")


def test_a_pin_in_one_line() -> None:
    (state,) = pins.states([makers.pin()], lock=checkout.lock(), today=date(2027, 2, 1))
    assert state.text == "python:ml numpy<2 (1.0), overdue since 2027-01-01: why, https://x"
    (state,) = pins.states([makers.pin(package="x")], lock=checkout.lock(), today=date(2026, 2, 1))
    assert state.text == "python:ml x<2 (not in the lock), review by 2027-01-01: why, https://x"


@processes
@pytest.mark.usefixtures("_home")
@pytest.mark.parametrize(("version", "expected"), [("<2", "1.0"), (">=2", "2.0")])
def test_uv_keeps_to_a_pin_of_what_another_package_brings(
    tmp_path: Path, version: str, expected: str
) -> None:
    site = resolvable.index(
        tmp_path, [("numpy", "1.0", ""), ("numpy", "2.0", ""), ("a", "1", "numpy")]
    )
    held = (makers.pin(version=version),)
    lock = wheels.resolve(("a",), python=PYTHON, site=site, scratch=tmp_path / "s", pins=held)
    assert [(w.name, w.version) for w in lock.wheels] == [("a", "1"), ("numpy", expected)]
    assert lock.declared == ("a",)


@processes
@pytest.mark.usefixtures("_home")
def test_a_version_that_no_index_has_is_the_pins_fault(tmp_path: Path) -> None:
    site = resolvable.index(tmp_path, [("numpy", "1.0", "")])
    held = (makers.pin(version="<1"), makers.pin(package="other"))
    with pytest.raises(DefinitionError) as caught:
        wheels.resolve(("numpy",), python=PYTHON, site=site, scratch=tmp_path / "s", pins=held)
    (problem,) = caught.value.problems
    assert problem.text.startswith("numpy<1, pinned by hand, can't be had: Because only")
    assert (problem.file, problem.line) == ("packer/pins/x.yaml", 3)


@processes
@pytest.mark.parametrize(
    ("version", "expected"), [("=1.0", "1.0"), ("=2*", "2.0"), ("=9", "2.0"), ("", "2.0")]
)
def test_apt_keeps_to_a_pin_where_it_can(tmp_path: Path, version: str, expected: str) -> None:
    made = [("lib", "1.0", ""), ("lib", "2.0", ""), ("a", "1", "lib")]
    archive = resolvable.archive(tmp_path, made)
    held = [makers.pin("apt:base", package="lib", version=version)] if version else []
    nothing = archive.conf.with_name("status")
    found = archive.add(["a"], section="apt:base", status=nothing, pins=held)
    assert [each.pin for each in found] == ["a=1", f"lib={expected}"]
