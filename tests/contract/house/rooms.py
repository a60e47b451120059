"""Takes the engine's sources; finds imports that the plan of the house does not allow."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter

from house.sources import Source, dotted, nodes

PURE = ("plan", "render", "verify", "evidence", "gallery/rules")
EDGES = ("catalog", "lock", "build", "host", "gallery/local", "gallery/azure", "process")
LOW = ("errors", "model")
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "root": (),
    "errors": (),
    "model": ("errors",),
    **dict.fromkeys(PURE, LOW),
    **dict.fromkeys(EDGES, (*LOW, *PURE, "process")),
    "stages": (*LOW, *PURE, *EDGES),
    "pipeline": (*LOW, *PURE, *EDGES, "stages"),
    "cli": ("pipeline", *LOW),
}
# Where a library or module of the standard library may be imported.
ONLY: Mapping[str, tuple[str, ...]] = {
    "subprocess": ("process",),
    "pty": ("process",),
    "yaml": ("catalog",),
    "pydantic": ("catalog",),
    "jinja2": ("render",),
    "click": ("cli",),
    "rich": ("cli",),
    "azure": ("gallery/azure",),
}
# Calls that only one room may make.
ONLY_CALLS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("print", "exit", "quit", "sys.exit", "os._exit", "SystemExit"), ("cli",)),
    **dict.fromkeys(("sys.stdout.write", "sys.stderr.write", "input"), ("cli",)),
    **dict.fromkeys(("os.system", "os.popen", "os.fork", "os.execv", "os.execvp"), ("process",)),
    **dict.fromkeys(("os.execve", "os.execvpe", "os.posix_spawn", "os.spawnv"), ("process",)),
}
# What would make a pure room depend on the machine, the clock or chance.
IMPURE_MODULES = frozenset(
    {
        "glob",
        "http",
        "os",
        "random",
        "secrets",
        "shutil",
        "socket",
        "ssl",
        "tempfile",
        "time",
        "urllib.request",
    }
)
IMPURE_CALLS = frozenset(
    {
        "open",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "mkdir",
        "exists",
        "is_file",
        "is_dir",
        "iterdir",
        "glob",
        "rglob",
        "stat",
        "unlink",
        "now",
        "utcnow",
        "today",
        "uuid1",
        "uuid4",
        "home",
        "cwd",
        "expanduser",
    }
)


@dataclass(frozen=True, kw_only=True)
class Import:
    """`module` is the full name; `inside` is the function that it stands in, or an empty string."""

    module: str
    line: int
    inside: str


def room(name: str) -> str:
    """The room of a module named below `burnish`: its folder, or the file where it stands alone."""
    first, _, rest = name.partition(".")
    if first in ("", "__main__"):
        return "cli" if first else "root"
    if first == "gallery" and rest:
        return f"gallery/{rest.split('.')[0]}"
    return first


def imports(source: Source, *, modules: Iterable[str]) -> Iterator[Import]:
    """Every import; `from burnish.x import y` names `burnish.x.y` where that is a module."""
    known = frozenset(modules)
    for node, inside in _statements(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module=alias.name, line=node.lineno, inside=inside)
        else:
            base = _absolute(node, source.name)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                is_module = base == "burnish" or full.removeprefix("burnish.") in known
                name = full if is_module and not alias.name.startswith("__") else base
                yield Import(module=name, line=node.lineno, inside=inside)


def wrong_rooms(sources: Iterable[Source]) -> Iterator[str]:
    """Imports that cross the table, rooms that the table does not know, lazy imports."""
    sources = tuple(sources)
    names = tuple(source.name for source in sources)
    for source in sources:
        here = room(source.name)
        if here not in ALLOWED and source.name != "gallery":
            yield f"{source.place}: no room '{here}' in the plan of the house"
            continue
        for found in imports(source, modules=names):
            there = _room_of(found.module)
            if there is None:
                continue
            if there not in (here, "root", *ALLOWED.get(here, ())):
                yield f"{source.place}:{found.line}: {here} may not import {there}"
            if found.inside:
                yield f"{source.place}:{found.line}: imports {found.module} in {found.inside}()"


def wrong_libraries(sources: Iterable[Source]) -> Iterator[str]:
    """Libraries and calls outside their only room; layers 0 and 1 beyond the standard library."""
    for source in sources:
        here = room(source.name)
        for found in imports(source, modules=()):
            top = found.module.split(".")[0]
            if here not in ONLY.get(top, (here,)):
                yield f"{source.place}:{found.line}: {top} belongs to {', '.join(ONLY[top])}"
            if here in LOW and top not in sys.stdlib_module_names and top != "burnish":
                yield f"{source.place}:{found.line}: {here} imports {top}: standard library only"
        for call in _calls(source):
            name = dotted(call.func)
            if here not in ONLY_CALLS.get(name, (here,)):
                yield f"{source.place}:{call.lineno}: {name}() belongs to {ONLY_CALLS[name][0]}"


def impure(sources: Iterable[Source]) -> Iterator[str]:
    """What in a pure room reads or changes more than its arguments."""
    for source in sources:
        if room(source.name) not in PURE:
            continue
        for found in imports(source, modules=()):
            if found.module in IMPURE_MODULES:
                yield f"{source.place}:{found.line}: a pure room imports {found.module}"
        for call in _calls(source):
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            name = method or dotted(call.func)
            if method in IMPURE_CALLS or name == "open":
                yield f"{source.place}:{call.lineno}: a pure room calls {name}()"


def cycles(sources: Iterable[Source]) -> list[str]:
    """The first ring of modules that import each other, or nothing."""
    sources = tuple(sources)
    names = tuple(source.name for source in sources)
    graph = {
        source.name: {
            found.module.removeprefix("burnish.")
            for found in imports(source, modules=names)
            if found.module.startswith("burnish.")
        }
        - {source.name}
        for source in sources
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _absolute(node: ast.ImportFrom, name: str) -> str:
    if not node.level:
        return node.module or ""
    parts = ["burnish", *name.split(".")][: -node.level]
    return ".".join([*parts, node.module] if node.module else parts)


def _room_of(module: str) -> str | None:
    top, _, rest = module.partition(".")
    return room(rest) if top == "burnish" else None


@cache
def _statements(source: Source) -> tuple[tuple[ast.Import | ast.ImportFrom, str], ...]:
    return tuple(_walk(source.tree, ""))


def _walk(node: ast.AST, inside: str) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inside = node.name
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, inside
        yield from _walk(child, inside)


def _calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in nodes(source) if isinstance(node, ast.Call))
