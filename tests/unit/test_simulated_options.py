"""Calls are held against the documentation of the collections that are installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from simulator import collections, options
from simulator.relations import NotALiteral, relations
from simulator.subjects import SUBJECTS, subject

import ansible

COLLECTIONS = Path(ansible.__file__).parents[1] / "ansible_collections"
WINDOWS = ("ansible/windows", "community/windows")


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    collections.ready()


def scripts() -> list[Path]:
    return [
        path for name in WINDOWS for path in (COLLECTIONS / name / "plugins/modules").glob("*.ps1")
    ]


def full(path: Path) -> str:
    return ".".join((*path.relative_to(COLLECTIONS).parts[:2], path.stem))


@pytest.mark.parametrize(
    ("module", "arguments", "says"),
    [
        ("win_file", {"path": "C:\\a", "state": "absent"}, ()),
        ("win_command", {"_raw_params": "where.exe python"}, ()),
        ("win_copy", {"dest": "C:\\a", "_copy_mode": "query", "files": []}, ()),
        (
            "win_file",
            {"path": "C:\\a", "state": "gone"},
            ("value of state must be one of: absent, directory, file, touch, got: gone",),
        ),
        ("win_file", {"state": "absent"}, ("missing required arguments: path",)),
        (
            "win_command",
            {"argv": ["a"], "cmd": "b"},
            ("parameters are mutually exclusive: _raw_params|argv|cmd",),
        ),
        (
            "win_package",
            {"state": "present"},
            ("state is present but all of the following are missing: path",),
        ),
        (
            "win_environment",
            {"level": "machine"},
            ("one of the following is required: name, variables",),
        ),
        (
            "win_package",
            {"path": "a.exe", "creates_version": "1"},
            ("missing parameter(s) required by 'creates_version': creates_path",),
        ),
    ],
)
def test_what_is_wrong_is_said(
    module: str, arguments: dict[str, Any], says: tuple[str, ...]
) -> None:
    assert options.problems(f"ansible.windows.{module}", arguments) == says


def test_an_option_that_no_module_has_is_named() -> None:
    (found,) = options.problems("ansible.windows.win_file", {"path": "C:\\a", "mode": "0644"})
    assert (
        found
        == "unsupported options: mode. Supported parameters include: path, state (dest, name)."
    )


def test_a_module_that_no_collection_has_is_told() -> None:
    with pytest.raises(options.NoDocumentation, match="win_magic: no installed"):
        options.problems("ansible.windows.win_magic", {})


def test_every_module_for_windows_is_documented_and_its_relations_are_read() -> None:
    stated = [
        path
        for path in scripts()
        if any(f"\n    {kind} = @" in path.read_text("utf-8-sig") for kind in options_kinds())
        and "\n$spec = @{" in path.read_text("utf-8-sig").replace("\r", "")
    ]
    read = [path for path in stated if options.documented(full(path))[1]]
    assert len(scripts()) >= 116 and len(read) == len(stated) >= 24
    assert all(options.documented(full(path))[0] is not None for path in scripts())


def options_kinds() -> tuple[str, ...]:
    return ("mutually_exclusive", "required_if", "required_one_of", "required_together")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("param()", {}),
        (
            "$spec = @{\n    mutually_exclusive = @(\n        , @('a', 'b')\n    )\n}\n",
            {"mutually_exclusive": [["a", "b"]]},
        ),
        (
            '$spec = @{\n    required_if = @(@("state", "absent", @("a", "b"), $true))\n}\n',
            {"required_if": [["state", "absent", ["a", "b"], True]]},
        ),
        (
            "$spec = @{\n    required_if = @(, @('t', 'x', @(, 'one')))\n}\n",
            {"required_if": [["t", "x", ["one"]]]},
        ),
        (
            "$spec = @{\n    required_by = @{ a = 'b'; c = @('d', 'e') }\n}\n",
            {"required_by": {"a": "b", "c": ["d", "e"]}},
        ),
    ],
)
def test_relations_are_read_off_the_source(source: str, found: dict[str, Any]) -> None:
    assert relations(source) == found


def test_relations_that_are_computed_are_no_literal() -> None:
    with pytest.raises(NotALiteral):
        relations("$spec = @{\n    mutually_exclusive = @($names)\n}\n")


def test_subjects_are_options_of_their_modules() -> None:
    names = {path.stem: full(path) for path in scripts()}
    for name, asked in SUBJECTS.items():
        assert set(asked) <= set(options.documented(names[name])[0]), name
    assert subject("ansible.windows.win_timezone") == ()
    assert subject("community.windows.win_scheduled_task") == ("name",)
