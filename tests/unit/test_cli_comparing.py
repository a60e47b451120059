"""`burnish diff` and `burnish gates` as they are called: results, exit codes, JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import checkout
import makers
import pytest
from burnish.catalog.codec import JsonCodec
from burnish.cli.main import cli
from burnish.errors import ChecksFailed, UsageError
from burnish.gallery.local import LocalGallery
from click.testing import CliRunner, Result

pytestmark = pytest.mark.touches("clock", reason="the command line reads the clock for all others")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with three versions of one image, the last two alike, and one of another."""
    root = checkout.write(tmp_path_factory.mktemp("root"))
    gallery = LocalGallery(root=root / "build/gallery", codec=JsonCodec())
    for values in ({"software": ()}, {}, {}, {"image": "tiny-gpu", "flavour": "gpu"}):
        made = makers.manifest(**values)
        gallery.add(made, day=date(2026, 11, 25), files={}, texts={})
    return root


def call(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(root), *arguments])


ONE, TWO, THREE = (f"tiny-cpu/2026.1125.{n}" for n in range(3))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((ONE, TWO), 0),
        ((TWO, THREE), 0),
        ((ONE, TWO, "--exit-code"), 8),
        ((TWO, THREE, "--exit-code"), 0),
        (("tiny-cpu", "--exit-code"), 0),
        ((TWO, "--exit-code"), 8),
    ],
)
def test_the_exit_code_speaks_only_where_it_is_asked(
    root: Path, arguments: tuple[str, ...], code: int
) -> None:
    assert call(root, "diff", *arguments).exit_code == code


def test_one_name_is_compared_with_the_version_before(root: Path) -> None:
    assert call(root, "diff", "tiny-cpu").output.startswith(f"# {TWO} -> {THREE}\n")
    error = call(root, "diff", ONE).exception
    assert isinstance(error, UsageError)
    assert error.message == "tiny-cpu has no version before 2026.1125.0"


def test_other_images_are_said_to_be_others(root: Path) -> None:
    lines = call(root, "diff", "tiny-cpu", "tiny-gpu").output.splitlines()
    assert lines[2:4] == [
        "**Another image**: tiny-cpu -> tiny-gpu.",
        "**Another flavour**: cpu -> gpu.",
    ]


def test_a_difference_for_machines(root: Path) -> None:
    found = json.loads(call(root, "diff", ONE, TWO, "--json").output)
    assert [each["name"] for each in found["software"]] == ["bash"]
    assert (found["files"], found["pins"]) == (None, None)
    assert found["unknown"][0] == f"pins: not recorded for {ONE}"


def test_gates_are_told_and_fail(root: Path) -> None:
    ended = call(root, "gates", THREE)
    assert isinstance(ended.exception, ChecksFailed)
    assert ended.exception.exit_code == 5
    failing = "does not pass: checks, security"
    assert ended.exception.message == f"tiny-cpu 2026.1125.2 {failing}"
    assert f"{THREE}, channel candidate" in ended.output
    assert "artifact: not proven; vm: not proven" in ended.output
    assert "| seconds | 2026.1125.2 | 2026.1125.1 | 2026.1125.0 |" in ended.output


def test_gates_for_machines(root: Path) -> None:
    found: list[dict[str, Any]] = json.loads(call(root, "gates", THREE, "--json").output)
    assert {each["name"]: each["passed"] for each in found} == {
        "checks": False,
        "image-size": True,
        "layer-size": True,
        "downgrade": True,
        "package-lost": True,
        "security": False,
        "compatibility": True,
    }
