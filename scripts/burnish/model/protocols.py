"""What rooms ask of one another without importing each other: `Codec`, `Inputs`, `Monitor`; and a
monitor that is silent."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Codec(Protocol):
    """Dataclasses to text and back."""

    def dump(self, value: Any) -> str:
        """The text of a dataclass."""
        ...

    def load(self, text: str, kind: type[T], *, source: str) -> T:
        """The object in a text; BurnishError names `source` if it is none."""
        ...


class Monitor(Protocol):
    """Tells the user what goes on."""

    def step(self, title: str) -> AbstractContextManager[None]:
        """A step that takes a while: shown with its time when it ends."""
        ...

    def detail(self, text: str) -> None:
        """What the running step is doing now; the last one stands."""
        ...

    def say(self, text: str) -> None:
        """One line that stays."""
        ...


class Silent:
    """A monitor of work that goes on beside what is told."""

    def step(self, title: str) -> AbstractContextManager[None]:
        """Nothing is said."""
        del title
        return nullcontext()

    def detail(self, text: str) -> None:
        """Nothing is said."""

    def say(self, text: str) -> None:
        """Nothing is said."""


class Inputs(Protocol):
    """Fetched inputs by content."""

    def find(self, sha256: str) -> Path | None:
        """The file with this digest, its bytes looked at anew; None if it is not here or spoiled."""
        ...

    def keep(self, path: Path, sha256: str) -> Path:
        """Move a fetched file in; BurnishError if its bytes are others."""
        ...

    def control(self, sha256: str) -> str:
        """The control fields of the .deb with this digest, which was found before."""
        ...
