"""Takes the text of a YAML file; gives its data, the line of every key, and problems of form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from burnish.errors import Problem

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover - depends on how PyYAML was built
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


def _text(loader: Any, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


class _Loader(Loader):
    """Dates stay the text that they are: whoever wants one says so, and tells the place of a bad one."""


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)

Location = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A parsed file: `lines` maps a location such as ("layers", 2, "id") to its line, from 1."""

    file: str
    data: Any
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """The line of a location, or of the nearest one around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def problem(self, location: Location, text: str, *, hint: str = "") -> Problem:
        """A problem at a location of this file."""
        return Problem(
            file=self.file, line=self.line(location), path=dotted(location), text=text, hint=hint
        )


def dotted(location: Location) -> str:
    """A location as people write it: `layers[2].id`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read(path: Path, *, shown: str) -> tuple[Document | None, list[Problem]]:
    """Parse one file; `shown` is its name in problems. No document if it is not YAML at all."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        return None, [Problem(file=shown, line=line, path="", text=f"not YAML: {error.problem}")]
    except RecursionError:
        text = "not YAML that burnish can read: it refers to itself"
        return None, [Problem(file=shown, line=1, path="", text=text)]
    except (yaml.YAMLError, ValueError) as error:
        return None, [Problem(file=shown, line=1, path="", text=f"not YAML: {error}")]
    lines: dict[Location, int] = {}
    problems = []
    for location, line, twice in _walk(node, ()) if node is not None else ():
        lines[location] = line
        if twice:
            text = "the key stands here twice"
            hint = "keep one of them; YAML would silently take the last"
            problems.append(
                Problem(file=shown, line=line, path=dotted(location), text=text, hint=hint)
            )
    return Document(file=shown, data=data, lines=lines), problems


def _walk(node: yaml.Node, location: Location) -> Iterator[tuple[Location, int, bool]]:
    yield location, node.start_mark.line + 1, False
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            here = (*location, str(key.value))
            yield from _walk(value, here)
            yield here, key.start_mark.line + 1, key.value in seen
            seen.add(key.value)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*location, index))
