"""Takes what a build on a VM in Azure would do; gives it in names, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def planned(shown: Mapping[str, Any]) -> str:
    """What a build on a VM would do, in names: the text of its files is for `--json`."""
    told = [f"plan {shown['plan']}", "files (--json has their text)"]
    told += [f"  {name}" for name in shown["files"]]
    told += ["values", *(f"  {name}: {value}" for name, value in shown["values"].items())]
    told += [
        "open" if shown["open"] else "nothing is open",
        *(f"  {each}" for each in shown["open"]),
    ]
    told += ["the proof", *(f"  {step['does']} {step['title']}" for step in shown["proof"])]
    return "\n".join(told)
