"""`Version`: YYYY.MDD.N, three integers without leading zeros, as a gallery wants them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True, order=True)
class Version:
    """A version of an image: year, month and day as one number (1123, 105), and a count from 0."""

    year: int
    month_day: int
    count: int

    def __str__(self) -> str:
        return f"{self.year}.{self.month_day}.{self.count}"

    @classmethod
    def parse(cls, text: str) -> Version:
        """The version written as `text`; ValueError if it is not one."""
        match = _FORM.fullmatch(text)
        if not match:
            raise ValueError(
                f"{text!r} is not a version; the form is YYYY.MDD.N, such as 2026.105.0"
            )
        return cls(*(int(part) for part in match.groups()))

    @classmethod
    def first_of(cls, day: date) -> Version:
        """The first version of a day."""
        return cls(day.year, day.month * 100 + day.day, 0)
