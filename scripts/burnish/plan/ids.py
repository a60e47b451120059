"""Takes everything that can change a content; gives its id: sha256 over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(value: Any) -> str:
    """sha256 of a value's canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """What differs between two layers' inputs, in words, sorted."""
    words = {name: "changed" for name in old.keys() & new.keys() if old[name] != new[name]}
    words |= dict.fromkeys(new.keys() - old.keys(), "added")
    words |= dict.fromkeys(old.keys() - new.keys(), "removed")
    told = []
    for name, what in sorted(words.items()):
        kind, _, rest = name.partition(":")
        if kind == "pin" and what == "changed":
            told.append(_moved(rest, old[name], new=new[name]))
        elif kind == "download" and what == "changed":
            told.append(f"download {rest} has other bytes")
        elif kind == "parent":
            told.append("the layer below changed")
        else:
            told.append(f"{kind} {rest} {what}".replace("  ", " "))
    return tuple(told)


def _moved(name: str, old: str, *, new: str) -> str:
    before, after = _version(old), _version(new)
    if before == after:
        return f"pin {name}: {after} has other bytes"
    return f"pin {name}: {before} -> {after}"


def _version(pin: str) -> str:
    return pin.partition(" ")[0]
