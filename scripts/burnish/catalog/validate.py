"""Takes a `Document` and a dataclass; gives the object, or every problem with place and hint."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable
from typing import Any, TypeVar, cast, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from burnish.catalog.document import Document
from burnish.errors import Problem

T = TypeVar("T")


# The user writes YAML: pydantic's own words for these would be Python's.
WORDS = {
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "dict_type": "expected keys and values",
    "dataclass_type": "expected keys and values",
    "dataclass_exact_type": "expected keys and values",
}
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(kind: Any) -> TypeAdapter[Any]:
    """The validator of a dataclass, made once."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def validate(document: Document, kind: type[T]) -> tuple[T | None, list[Problem]]:
    """The object that a document describes, or its problems."""
    if not isinstance(document.data, dict):
        return None, [document.problem((), "expected keys and values here")]
    try:
        # as JSON, which is strict and still takes a list for a tuple: `true` and "8" are no numbers
        text = json.dumps(document.data, default=str)
        return cast("T", adapter(kind).validate_json(text, strict=True)), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        return None, [_problem(document, kind, detail=dict(detail)) for detail in details]


def closest(name: str, known: Iterable[str]) -> str:
    """A hint that names the closest known name, or all of them if none is close."""
    names = sorted(known)
    match = difflib.get_close_matches(name, names, n=1)
    if match:
        return f"did you mean {match[0]!r}?"
    return f"known: {', '.join(names)}" if names else ""


def _problem(document: Document, kind: type[Any], *, detail: dict[str, Any]) -> Problem:
    # pydantic adds the member of a union to the location; the file has no such key
    location = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
    if detail["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        key = str(location[-1])
        text, hint = f"unknown key {key!r}", closest(key, _keys(kind, location[:-1]))
    elif detail["type"] in ("missing", "missing_argument"):
        text, hint = f"the key {location[-1]!r} is missing", ""
    elif detail["type"] in ("literal_error", "enum"):
        expected = detail["ctx"]["expected"]
        text, hint = f"unknown value {detail['input']!r}", f"expected {expected}"
    elif detail["type"] in WORDS:
        text, hint = f"{WORDS[detail['type']]}, not {detail['input']!r}", ""
    else:
        message = detail["msg"][0].lower() + detail["msg"][1:]
        text, hint = f"{message}, not {detail['input']!r}", ""
    return document.problem(location, text, hint=hint)


def _keys(kind: Any, location: tuple[str | int, ...]) -> list[str]:
    """The keys that the dataclass at `location` below `kind` knows."""
    parts = [part for part in location if not isinstance(part, int)]
    while parts:
        part = parts.pop(0)
        hints = get_type_hints(kind) if kind else {}
        if part not in hints:
            return []
        if get_origin(hints[part]) is dict and parts:
            parts.pop(0)  # a key of the mapping, which may be any
        kind = _dataclass_in(hints[part])
    return [field.name for field in dataclasses.fields(kind)] if kind else []


def _dataclass_in(hint: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        return hint
    return next(
        (found for part in getattr(hint, "__args__", ()) if (found := _dataclass_in(part))), None
    )
