"""`Pin`: a version that somebody holds by hand, why, until when; `PinState`: what a lock makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from burnish.errors import Problem


@dataclass(frozen=True, kw_only=True)
class PinSpec:
    """One pin as declared: `section` is the lock's (rootfs, tools, apt:LAYER, python:NAME), `version`
    what it is held to: `=VERSION` as apt takes it, or a specifier of Python packages (`<3`)."""

    __pydantic_config__ = {"extra": "forbid"}

    section: str
    package: str
    version: str
    reason: str
    link: str
    review: date


@dataclass(frozen=True, kw_only=True)
class Pins:
    """The pins by hand of the image, base or profile that they are named after."""

    __pydantic_config__ = {"extra": "forbid"}

    name: str
    pins: tuple[PinSpec, ...]


@dataclass(frozen=True, kw_only=True)
class Pin(PinSpec):
    """A pin and the place where it is declared."""

    file: str
    line: int

    @property
    def asked(self) -> str:
        """`pandas<3`, as a resolver takes it."""
        return f"{self.package}{self.version}"

    def problem(self, text: str, *, hint: str = "") -> Problem:
        """A problem at this pin's place."""
        return Problem(file=self.file, line=self.line, path="", text=text, hint=hint)


@dataclass(frozen=True, kw_only=True)
class PinState:
    """A pin on some day: `locked` is the version that the lock has, empty where nothing is so called.

    `finding` is what somebody has to look at, if anything is.
    """

    pin: Pin
    locked: str
    overdue: bool
    finding: Problem | None

    @property
    def text(self) -> str:
        """One line for people."""
        pin = self.pin
        due = f"overdue since {pin.review}" if self.overdue else f"review by {pin.review}"
        what = f"{pin.section} {pin.asked} ({self.locked or 'not in the lock'})"
        return f"{what}, {due}: {pin.reason}, {pin.link}"
