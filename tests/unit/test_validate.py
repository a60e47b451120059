"""From data to dataclasses: each kind of mistake with its place, its words and its hint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import checkout
import pytest
from burnish.catalog.document import read
from burnish.catalog.validate import closest, validate
from burnish.model.base import Base, Level
from burnish.model.image import Image
from burnish.model.profile import Profile

Row = tuple[str, str]


def problems(tmp_path: Path, text: str, *, kind: type[object]) -> list[Row]:
    """Every problem of a definition as it is shown, and its hint."""
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    document, found = read(path, shown="x.yaml")
    assert document is not None
    item, more = validate(document, kind)
    assert (item is None) == bool(more)
    return [(str(each), each.hint) for each in [*found, *more]]


def test_good_definitions_become_objects(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(checkout.BASE, encoding="utf-8")
    document, _ = read(path, shown="x.yaml")
    assert document is not None
    base, found = validate(document, Base)
    assert found == []
    assert base is not None
    assert base.rootfs is not None
    assert base.rootfs.declared("cpu") == ("bash", "linux-image-cloud")
    assert (base.levels[0], base.aliases) == (Level.STATIC, ("little",))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "disk_gb: 8",
            "disk_gb: 8\nwm_size: x",
            [("x.yaml:10: wm_size: unknown key 'wm_size'", "did you mean 'vm_size'?")],
            id="unknown key",
        ),
        pytest.param(
            "sku: tiny-cpu\n",
            "",
            [("x.yaml:1: sku: the key 'sku' is missing", "")],
            id="missing key",
        ),
        pytest.param(
            "flavour: cpu",
            "flavour: gpo",
            [("x.yaml:4: flavour: unknown value 'gpo'", "expected 'cpu' or 'gpu'")],
            id="not one of the values",
        ),
        pytest.param(
            "disk_gb: 8",
            "disk_gb: big",
            [
                (
                    "x.yaml:9: disk_gb: input should be a valid integer, not 'big'",
                    "",
                )
            ],
            id="not a number",
        ),
        pytest.param(
            "base: tiny\nprofile: stack",
            "base: 22_04\nprofile: [stack]",
            [
                ("x.yaml:2: base: input should be a valid string, not 2204", ""),
                ("x.yaml:3: profile: input should be a valid string, not ['stack']", ""),
            ],
            id="two at once",
        ),
    ],
)
def test_mistakes_in_an_image(tmp_path: Path, old: str, new: str, expected: Sequence[Row]) -> None:
    assert old in checkout.image()
    text = checkout.image().replace(old, new)
    assert problems(tmp_path, text, kind=Image) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "  suite:",
            "  suit:",
            [
                ("x.yaml:10: rootfs.suite: the key 'suite' is missing", ""),
                ("x.yaml:11: rootfs.suit: unknown key 'suit'", "did you mean 'suite'?"),
            ],
            id="unknown key deeper down",
        ),
        pytest.param(
            "[static,",
            "[statik,",
            [
                (
                    "x.yaml:9: levels[0]: unknown value 'statik'",
                    (
                        "expected 'static', 'simulated', 'container', 'artifact', 'vm', 'azure', "
                        "'wine' or 'gpu'"
                    ),
                )
            ],
            id="unknown level",
        ),
        pytest.param(
            "family: debian",
            "family: debian\ncolour: red",
            [
                (
                    "x.yaml:5: colour: unknown key 'colour'",
                    (
                        "known: aliases, architecture, communicator, distribution, family, generation, "
                        "installer, levels, marketplace, name, os, python, rootfs"
                    ),
                )
            ],
            id="nothing is close",
        ),
    ],
)
def test_mistakes_in_a_base(tmp_path: Path, old: str, new: str, expected: Sequence[Row]) -> None:
    assert old in checkout.BASE
    text = checkout.BASE.replace(old, new, 1)
    assert problems(tmp_path, text, kind=Base) == expected


def test_unknown_key_of_a_layer(tmp_path: Path) -> None:
    text = "name: p\nlayers:\n  - id: a\n    role: [a]\n"
    assert problems(tmp_path, text, kind=Profile) == [
        ("x.yaml:3: layers[0].roles: the key 'roles' is missing", ""),
        ("x.yaml:4: layers[0].role: unknown key 'role'", "did you mean 'roles'?"),
    ]


@pytest.mark.parametrize("text", ["- a\n", "text\n", "3\n"])
def test_a_definition_has_keys(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text, kind=Image) == [("x.yaml:1: expected keys and values here", "")]


@pytest.mark.parametrize("value", ["true", '"8"'])
def test_numbers_are_numbers(tmp_path: Path, value: str) -> None:
    text = checkout.image().replace("disk_gb: 8", f"disk_gb: {value}")
    assert problems(tmp_path, text, kind=Image) != []


def test_a_list_is_called_a_list(tmp_path: Path) -> None:
    text = checkout.BASE.replace("components: [main]", "components: main")
    assert "tuple" not in problems(tmp_path, text, kind=Base)[0][0]


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("pyhton", ["python", "base"], "did you mean 'python'?"),
        ("zzz", ["b", "a"], "known: a, b"),
        ("zzz", [], ""),
    ],
)
def test_hints_name_the_closest(name: str, known: list[str], hint: str) -> None:
    assert closest(name, known) == hint
