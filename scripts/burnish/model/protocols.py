"""What rooms ask of one another without importing each other: `Codec`, `Gallery`, `Inputs`, `Monitor`;
and a monitor that is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol, TypeVar

from burnish.model.manifest import Manifest
from burnish.model.retention import Link

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


class Gallery(Protocol):
    """Where versions live, a folder or Azure: what listing, moving and removing them ask of it.

    An image's manifests come newest first. Which version moves or goes is decided by gallery/rules.
    """

    def images(self) -> list[str]:
        """Names of images that have a version here."""
        ...

    def manifests(self, image: str) -> list[Manifest]:
        """Manifests of one image."""
        ...

    def find(self, name: str) -> Manifest:
        """The one version that a name means; UsageError if it means none, or several."""
        ...

    def change(
        self,
        image: str,
        decide: Callable[[Sequence[Manifest]], Sequence[Manifest]],
        *,
        texts: Callable[[Manifest], Mapping[str, str]],
    ) -> list[Manifest]:
        """Write what `decide` makes of an image's manifests, in its order, and the texts of each where
        there are files; gives those that differ."""
        ...

    def remove(
        self, image: str, choose: Callable[[Sequence[Manifest]], Sequence[str]]
    ) -> list[str]:
        """Remove the versions that `choose` names; gives those that are gone."""
        ...

    def missing(self, manifest: Manifest) -> list[str]:
        """What of a version is not there: files, or copies in regions."""
        ...

    def users(self, known: Sequence[Manifest]) -> dict[str, str]:
        """Who uses each version that is in use, as far as the gallery itself knows."""
        ...

    def kept(self, known: Sequence[Manifest]) -> dict[str, str]:
        """Why the gallery would not let a version go, for each that it would not; a folder lets each go."""
        del known
        return {}

    def links(self, manifest: Manifest) -> list[Link]:
        """The files of a version as this machine's file system has them."""
        del manifest
        return []

    def drift(self, image: str) -> list[str]:
        """Versions that are handed out otherwise than their channel says; in a folder nothing is."""
        del image
        return []

    def notes(self, image: str) -> list[str]:
        """What a user needs to know before versions are removed."""
        del image
        return []


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
