"""Takes a folder of roles; gives each `Role`: files by digest, contract, facts, included roles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from burnish.catalog.apt import load_apt
from burnish.catalog.archives import check_archives
from burnish.catalog.document import Document, read
from burnish.catalog.downloads import check_downloads
from burnish.catalog.npm import check_npm
from burnish.catalog.products import check_products
from burnish.catalog.validate import validate
from burnish.errors import Problem
from burnish.model.role import Facts, Role

# What a role says to people or to the manifest cannot change what it installs.
NOT_CONTENT = ("README.md", "facts.yml")
INCLUDES = ("include_role", "import_role")


def digest(path: Path) -> str:
    """sha256 of a file's content, with its executable bit when it is set."""
    mark = "x" if path.stat().st_mode & 0o111 else ""
    return hashlib.sha256(path.read_bytes()).hexdigest() + mark


def tree(folder: Path) -> dict[str, str]:
    """Every file below `folder`, path -> digest, sorted; caches of Python left out."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): digest(path)
        for path in paths
        if "__pycache__" not in path.parts
    }


def load_role(path: Path, *, shown: str) -> tuple[Role | None, list[Problem]]:
    """One role, or what is wrong with it."""
    problems: list[Problem] = []
    facts = None
    missing = [
        name for name in ("facts.yml", "meta/argument_specs.yml") if not (path / name).is_file()
    ]
    for name in missing:
        hint = "CONTRIBUTING.md, `a toolchain is five things`"
        problems.append(
            Problem(file=f"{shown}/{name}", line=0, path="", text="the file is missing", hint=hint)
        )
    if missing:
        return None, problems
    document, problems = read(path / "facts.yml", shown=f"{shown}/facts.yml")
    if document:
        facts, found = validate(document, Facts)
        problems += found
    variables, found = _variables(path, shown)
    problems += found
    tasks = tuple(load_tasks(path, shown=shown))
    packages = load_apt(path, tasks)
    problems += packages.problems
    problems += [*check_downloads(path, tasks, shown=shown), *check_npm(path, tasks, shown=shown)]
    problems += [*check_archives(path, shown=shown), *check_products(path, shown=shown)]
    if facts is None or problems:
        return None, problems
    files = {name: value for name, value in tree(path).items() if name not in NOT_CONTENT}
    role = Role(
        name=path.name,
        path=path,
        files=files,
        variables=frozenset(variables),
        facts=facts,
        includes=tuple(sorted(set(_included(path, tasks)))),
        os=frozenset(name for name in ("linux", "windows") if f"tasks/{name}.yml" in files),
        apt=tuple(packages.tasks),
        data=load_data(path),
    )
    return role, []


def _variables(path: Path, shown: str) -> tuple[list[str], list[Problem]]:
    name = "meta/argument_specs.yml"
    document, problems = read(path / name, shown=f"{shown}/{name}")
    if document is None:
        return [], problems
    try:
        options = document.data["argument_specs"]["main"].get("options") or {}
    except (KeyError, TypeError, AttributeError):
        text = "expected argument_specs.main.options"
        return [], [*problems, document.problem((), text)]
    return sorted(options), problems


def load_data(path: Path) -> dict[str, Mapping[str, Any]]:
    """A role's variables by file: `defaults`, then vars/ by stem."""
    files = [("defaults", path / "defaults/main.yml")]
    files += [(file.stem, file) for file in sorted((path / "vars").glob("*.yml"))]
    found: dict[str, Mapping[str, Any]] = {}
    for stem, file in files:
        document, _ = read(file, shown=file.name) if file.is_file() else (None, [])
        if document and isinstance(document.data, dict):
            found[stem] = document.data
    return found


def load_tasks(path: Path, *, shown: str) -> Iterator[Document]:
    """A role's files of tasks, those that are YAML."""
    for file in sorted((path / "tasks").rglob("*.yml")):
        document, _ = read(file, shown=f"{shown}/{file.relative_to(path).as_posix()}")
        if document:
            yield document


def _included(path: Path, tasks: Iterable[Document]) -> Iterator[str]:
    for document in tasks:
        yield from _names(document.data)
    meta, _ = (
        read(path / "meta/main.yml", shown="") if (path / "meta/main.yml").is_file() else (None, [])
    )
    for dependency in (meta.data or {}).get("dependencies") or [] if meta else []:
        yield dependency if isinstance(dependency, str) else dependency.get("role", "")


def _names(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for item in data:
            yield from _names(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key.rpartition(".")[2] in INCLUDES and isinstance(value, dict) and "name" in value:
                yield value["name"]
            else:
                yield from _names(value)
