"""Takes texts; gives them as short as a tag of Azure has to be, and says where something is gone. Pure."""

from __future__ import annotations

import json
from typing import Any

LONGEST = 256
CUT = "... (shortened)"


def length(text: str) -> int:
    """Characters as Azure may count them: in UTF-16, the larger of the two measures."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def fits(text: str) -> bool:
    """Whether a text may be the value of a tag."""
    return length(text) <= LONGEST


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; it ends in words that say so if something is gone."""
    if length(text) <= most:
        return text
    room = max(0, most - length(CUT))
    kept = text.removesuffix(CUT)[:room]
    while length(kept) > room:  # what UTF-16 writes as two
        kept = kept[:-1]
    return f"{kept}{CUT}" if kept else "..."[:most]


def packed(parts: list[Any]) -> str:
    """A list as JSON; the last text in it is shortened until it fits."""
    *head, last = parts
    for most in range(LONGEST, -1, -4):
        cut = shortened(last, most) if isinstance(last, str) else last
        text = as_json([*head, cut])
        if fits(text):
            return text
    head = [shortened(each, 60) if isinstance(each, str) else each for each in head]
    return as_json([*head, ""])


def as_json(parts: list[Any]) -> str:
    """A list as JSON, without a character too many."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
