"""Problems and errors: what they say, and the exit code that each class has."""

from __future__ import annotations

import pytest
from burnish import errors
from burnish.errors import BurnishError, CommandFailed, DefinitionError, Problem


def problem(**values: object) -> Problem:
    fixed = {"file": "a.yaml", "line": 4, "path": "profile", "text": "unknown"}
    return Problem(**{**fixed, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("BurnishError", 1),
        ("DefinitionError", 2),
        ("UsageError", 2),
        ("NothingToDo", 3),
        ("BuildError", 4),
        ("BootError", 4),
        ("CommandFailed", 4),
        ("ChecksFailed", 5),
        ("PublishError", 6),
        ("ToolError", 7),
        ("Interrupted", 130),
    ],
)
def test_exit_codes(name: str, code: int) -> None:
    assert getattr(errors, name).exit_code == code


def test_every_error_is_one_of_the_list() -> None:
    found = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    wrong = [
        k.__name__ for k in found if issubclass(k, Exception) and not issubclass(k, BurnishError)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "a.yaml:4: profile: unknown"),
        ({"line": 0}, "a.yaml: profile: unknown"),
        ({"path": ""}, "a.yaml:4: unknown"),
        ({"line": 0, "path": ""}, "a.yaml: unknown"),
    ],
)
def test_a_problem_in_words(values: dict[str, object], text: str) -> None:
    assert str(problem(**values)) == text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("https://user:word@index.test/simple/ is silent", "https://index.test/simple/ is silent"),
        ("403 for url: http://token@m.test/a, once", "403 for url: http://m.test/a, once"),
        ("ssh://10.0.0.1:22/a@b and x@y.test stay", "ssh://10.0.0.1:22/a@b and x@y.test stay"),
    ],
)
def test_no_message_tells_a_password_of_an_address(said: str, told: str) -> None:
    assert str(BurnishError(said)) == BurnishError(said).message == told


def test_problems_are_sorted_and_said_once() -> None:
    error = DefinitionError([problem(line=9), problem(line=2), problem(line=9)])
    assert [item.line for item in error.problems] == [2, 9]
    assert str(error) == "a.yaml:2: profile: unknown\na.yaml:9: profile: unknown"


def test_a_failed_command_in_words() -> None:
    error = CommandFailed(("packer", "build"), returncode=3, tail=["one", "two"], log="b.log")
    assert error.message == "packer build: exit code 3\n  | one\n  | two"
    assert error.hint == "the whole log: b.log"
    assert CommandFailed(("x",), returncode=1, tail=[]).hint == ""
