"""Takes a role; finds checks that no mutation proves, and mutations of checks that are gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from house.roles import Role
from house.sources import place, text


def unproven(role: Role) -> Iterator[str]:
    """A check is proven by the mutation of its name: it must turn red there."""
    module = role.root / "tests" / "toolchains" / f"test_{role.name}.py"
    if not module.is_file():
        return
    checks = {
        node.name
        for node in ast.walk(ast.parse(text(module)))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    scripts = {path.stem: path for path in (role.root / "tests/mutations" / role.name).glob("*.sh")}
    for name in sorted(checks - scripts.keys()):
        yield f"{place(module)}: {name}: no mutation turns it red"
    for name in sorted(scripts.keys() - checks):
        yield f"{place(scripts[name])}: no such check in {module.name}"
    for path in sorted(scripts.values()):
        if not any(line.startswith("# ") for line in text(path).splitlines()[:2]):
            yield f"{place(path)}: no comment on top says what is wrong then"
