"""Takes one file of a table that has several, each of its own form; gives the part, or its problems."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from burnish.catalog.document import Document, read
from burnish.catalog.validate import closest, validate
from burnish.errors import Problem

Part = tuple[Any, Document]


def load_part(
    path: Path, *, shown: str, forms: Mapping[str, type[Any]], what: str
) -> tuple[Part | None, list[Problem]]:
    """A file of `what`, in the form of its name."""
    if path.stem not in forms:
        text = f"no part of the {what} is called {path.stem!r}"
        return None, [
            Problem(file=shown, line=1, path="", text=text, hint=closest(path.stem, forms))
        ]
    document, problems = read(path, shown=shown)
    if document is None:
        return None, problems
    item, more = validate(document, forms[path.stem])
    if item is None:
        return None, [*problems, *more]
    if item.name != path.stem:
        text = f"the name {item.name!r} is not the file's"
        problems.append(document.problem(("name",), text, hint=f"name it {path.stem!r}"))
    return (item, document), problems
