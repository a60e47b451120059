"""Canonical JSON, digests, and what differs between two layers in words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from burnish.plan.ids import canonical, changed, digest


def test_one_text_for_one_value() -> None:
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"\\u00e9"]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_digest_tells_types_apart() -> None:
    values = (1, "1", True, [1], {"1": 1}, 1.5, None, "")
    assert len({digest(value) for value in values}) == len(values)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({"a:": "1"}, {"a:": "1"}, ()),
        ({"pin:numpy": "1 aa"}, {"pin:numpy": "2 bb"}, ("pin numpy: 1 -> 2",)),
        ({"pin:ml/numpy": "1 a"}, {"pin:ml/numpy": "2 b"}, ("pin ml/numpy: 1 -> 2",)),
        ({}, {"pin:numpy": "1 aa"}, ("pin numpy added",)),
        ({"pin:numpy": "1 aa"}, {}, ("pin numpy removed",)),
        ({"parent:": "a"}, {"parent:": "b"}, ("the layer below changed",)),
        ({"file:roles/x/y": "a"}, {"file:roles/x/y": "b"}, ("file roles/x/y changed",)),
        ({"flavour:": "cpu"}, {"flavour:": "gpu"}, ("flavour changed",)),
        ({"variable:a": "1"}, {"variable:b": "1"}, ("variable a removed", "variable b added")),
        ({"b:": "1", "a:": "1"}, {"b:": "2", "a:": "2"}, ("a changed", "b changed")),
    ],
)
def test_differences_in_words(
    old: Mapping[str, str], new: Mapping[str, str], words: tuple[str, ...]
) -> None:
    assert changed(old, new) == words


def test_other_bytes_of_the_same_version_are_told_as_such() -> None:
    assert changed({"pin:numpy": "1 aa"}, {"pin:numpy": "1 bb"}) != ("pin numpy: 1 -> 1",)
