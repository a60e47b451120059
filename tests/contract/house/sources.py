"""Takes the checkout; gives its files, their text and their syntax trees, each read once."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ENGINE = ROOT / "scripts" / "burnish"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One Python file: its dotted name below `burnish` (engine only), its place and its text."""

    name: str
    place: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parse(self.text)


def content_roots() -> tuple[Path, ...]:
    """The folders whose roles and definitions are read: BURNISH_CHECK_ROOT, else this checkout."""
    given = os.environ.get("BURNISH_CHECK_ROOT", "")
    return tuple(Path(part).resolve() for part in given.split(os.pathsep) if part) or (ROOT,)


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def text(path: Path) -> str:
    """The text of a file; an empty string where it holds bytes that are no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def place(path: Path) -> str:
    """The path as a reader of this checkout would write it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


@cache
def engine() -> tuple[Source, ...]:
    return tuple(_source(path) for path in files() if _is_engine(path))


@cache
def everything() -> tuple[Source, ...]:
    """All Python of the checkout: the engine, the tools beside it, the tests."""
    return tuple(_source(path) for path in files() if path.suffix == ".py")


@cache
def nodes(source: Source) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(source.tree))


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an expression made of names; an empty string for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def _source(path: Path) -> Source:
    name = ""
    if _is_engine(path):
        parts = path.relative_to(ENGINE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
    return Source(name=name, place=place(path), text=text(path))


def _is_engine(path: Path) -> bool:
    return path.suffix == ".py" and path.is_relative_to(ENGINE)


@cache
def _parse(source: str) -> ast.Module:
    return ast.parse(source)
