"""Takes a role's files; gives what is wrong with the entries of its lists of one kind, and its tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from burnish.catalog.document import Document, Location, read
from burnish.catalog.validate import validate
from burnish.errors import Problem

T = TypeVar("T")
BLOCKS = ("block", "rescue", "always")
Conditions = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entry(Generic[T]):
    """One entry of a list, of its form, and where it stands."""

    spec: T
    document: Document
    at: Location

    def problem(self, key: str, text: str, *, hint: str = "") -> Problem:
        """A problem of one of its keys."""
        return self.document.problem((*self.at, key), text, hint=hint)


def check_lists(
    path: Path,
    ending: str,
    *,
    kind: type[T],
    entry: Callable[[Entry[T]], Iterator[Problem]],
    shown: str,
) -> Iterator[Problem]:
    """Problems of the entries of each list `__ROLE_ENDING*` in vars/; `entry` looks at one of its form."""
    for file in sorted((path / "vars").glob("*.yml")):
        document, _ = read(file, shown=f"{shown}/vars/{file.name}")
        for name in document.data if document and isinstance(document.data, dict) else ():
            if document and str(name).startswith(f"__{path.name}_{ending}"):
                if not isinstance(document.data[name], list):
                    yield document.problem((name,), f"expected a list of {ending}")
                    continue
                for index, each in enumerate(document.data[name]):
                    at: Location = (name, index)
                    spec, problems = validate(_below(document, at, data=each), kind)
                    yield from problems
                    if spec:
                        yield from entry(Entry(spec=spec, document=document, at=at))


def tasks(data: Any, when: Conditions = ()) -> Iterator[tuple[Mapping[str, Any], Conditions]]:
    """Every task of a list, those in blocks too, with the conditions that it and its blocks have."""
    for task in data if isinstance(data, list) else ():
        if isinstance(task, dict):
            own = task.get("when")
            listed = own if isinstance(own, list) else [own] if own is not None else []
            conditions = (*when, *map(str, listed))
            yield task, conditions
            for part in BLOCKS:
                yield from tasks(task.get(part), conditions)


def each_task(documents: Iterable[Document]) -> Iterator[tuple[Mapping[str, Any], Document]]:
    """Every task of a role's files, those in blocks too, with its file."""
    for document in documents:
        yield from ((task, document) for task, _ in tasks(document.data))


def past_the_lock(task: Mapping[str, Any], document: Document, *, text: str, hint: str) -> Problem:
    """The problem of a task that brings in by itself what the lock is to name."""
    told = f"{task.get('name', 'a task')!r} {text}, past the lock"
    return Problem(file=document.file, line=0, path="", text=told, hint=hint)


def _below(document: Document, at: Location, *, data: Any) -> Document:
    """The document of what stands at a place of another one."""
    lines = {
        place[len(at) :]: line for place, line in document.lines.items() if place[: len(at)] == at
    }
    return Document(file=document.file, data=data, lines=lines)
