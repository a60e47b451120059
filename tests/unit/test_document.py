"""YAML files: data with the line of every key, and problems of form."""

from __future__ import annotations

from pathlib import Path

import pytest
from burnish.catalog.document import Document, dotted, read
from burnish.errors import Problem

TEXT = """\
name: x
layers:
  - id: a
    roles: [b, c]
  - id: d
"""


def parsed(tmp_path: Path, text: str) -> tuple[Document | None, list[Problem]]:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, shown="x.yaml")


@pytest.mark.parametrize(
    ("location", "line", "text"),
    [
        ((), 1, ""),
        (("name",), 1, "name"),
        (("layers",), 2, "layers"),
        (("layers", 0, "roles", 1), 4, "layers[0].roles[1]"),
        (("layers", 1, "id"), 5, "layers[1].id"),
        (("layers", 1, "missing"), 5, "layers[1].missing"),
        (("nothing", "like", "it"), 1, "nothing.like.it"),
    ],
)
def test_every_place_has_its_line(
    tmp_path: Path, location: tuple[str | int, ...], line: int, text: str
) -> None:
    document, problems = parsed(tmp_path, TEXT)
    assert document is not None
    assert (document.line(location), dotted(location), problems) == (line, text, [])


def test_a_key_that_stands_twice(tmp_path: Path) -> None:
    _, problems = parsed(tmp_path, "a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert [(str(each), each.hint) for each in problems] == [
        (
            "x.yaml:4: a.b: the key stands here twice",
            "keep one of them; YAML would silently take the last",
        )
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1\nb: 2\n", "x.yaml:2: not YAML: did not find expected ',' or ']'"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2: not YAML: but found another document"),
        ("? [a]\n: b\n", "x.yaml:1: not YAML: found unhashable key"),
        ("a: !!python/name:os.system x\n", "x.yaml:1: not YAML: could not determine a construct"),
        ("a: \x01\n", "x.yaml:1: not YAML: "),
    ],
)
def test_what_is_no_yaml(tmp_path: Path, text: str, problem: str) -> None:
    document, problems = parsed(tmp_path, text)
    assert document is None
    assert [str(each)[: len(problem)] for each in problems] == [problem]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"a: \xff\n")
    document, problems = read(tmp_path / "x.yaml", shown="x.yaml")
    assert document is None
    assert str(problems[0]).startswith("x.yaml:1: not YAML: 'utf-8' codec")


def test_a_date_stays_the_text_that_it_is(tmp_path: Path) -> None:
    document, problems = parsed(tmp_path, "a: 2026-13-45\nb: 2026-11-25\n")
    assert document is not None
    assert (document.data, problems) == ({"a": "2026-13-45", "b": "2026-11-25"}, [])


def test_values_that_yaml_cannot_make(tmp_path: Path) -> None:
    document, problems = parsed(tmp_path, "a: !!int x\n")
    assert document is None
    assert len(problems) == 1


def test_an_empty_file_is_an_empty_definition(tmp_path: Path) -> None:
    document, problems = parsed(tmp_path, "# nothing\n")
    assert document is not None
    assert (document.data, problems) == ({}, [])
