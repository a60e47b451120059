"""Takes a page; gives the files that it shows: fenced blocks with a path behind the language."""

from __future__ import annotations

import re
from pathlib import Path

FILE = re.compile(r"^```\w+ (\S+/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files(page: str) -> dict[str, str]:
    return {match[1]: match[2] for match in FILE.finditer(page)}


def lay_out(page: str, *, root: Path) -> Path:
    """Write every file that the page shows below `root`."""
    for name, text in files(page).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
