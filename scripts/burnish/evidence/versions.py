"""Takes two versions of one thing; says which way it moved, by the rules of its kind. Pure."""

from __future__ import annotations

from typing import Literal

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion
from packaging.version import Version as PythonVersion

from burnish.model.debian_version import DebianVersion

Way = Literal["upgraded", "downgraded", "changed"]
PYTHON = "python:"


def way(kind: str, old: str, *, new: str) -> Way:
    """Up or down: by Debian's order for apt, by PEP 440 for Python; `changed` where none is told."""
    order = _order(kind, old, new=new)
    if not order:
        return "changed"
    return "upgraded" if order > 0 else "downgraded"


def key(kind: str, name: str) -> str:
    """The name under which two versions know the same thing."""
    return canonicalize_name(name) if kind.startswith(PYTHON) else name


def _order(kind: str, old: str, *, new: str) -> int:
    try:
        if kind == "apt":
            before, after = DebianVersion.parse(old), DebianVersion.parse(new)
            return (after > before) - (after < before)
        if kind.startswith(PYTHON):
            one, other = PythonVersion(old), PythonVersion(new)
            return (other > one) - (other < one)
    except (InvalidVersion, ValueError):
        pass
    return 0
