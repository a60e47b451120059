"""The two PowerShell scripts: what a parser outside Windows has against them.

tree-sitter reads a plain subset rightly; what it cannot read (`-Name a, b`, `\\path` as an argument) the
scripts do without. That a script does what it says is not proven here: no PowerShell is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from house import sources

FOLDER = sources.ROOT / "packer" / "windows"


def scripts() -> list[Path]:
    """Every PowerShell script of the repository."""
    golden = sources.ROOT / "tests" / "golden"
    kinds = (".ps1", ".psm1", ".psd1")
    found = [path for path in sources.files() if path.suffix in kinds]
    return [path for path in found if not path.is_relative_to(golden)]


def problems(text: str) -> list[str]:
    """Line and text of each place that the parser cannot read, or that lacks something."""
    tree = Parser(Language(tree_sitter_powershell.language())).parse(text.encode())
    return [*_wrong(tree.root_node)]


def _wrong(node: Node) -> Iterator[str]:
    if node.is_error or node.is_missing:
        said = (node.text or b"").decode().strip().splitlines()
        lacking = f"{node.type} is missing" if node.is_missing else f"cannot read {said[:1]}"
        yield f"line {node.start_point[0] + 1}: {lacking}"
        return
    for child in node.children:
        yield from _wrong(child)
