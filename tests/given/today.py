"""Takes a shelf of packages; gives the archive and the index of today, which the resolvers are to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import checkout
import makers
from burnish.model.lock import AptLock, Lock, Package, PythonLock
from packed import Shelf, entry

NAMES = ("bash", "linux-image-cloud", "jq", "mtools")


@dataclass
class Today:
    """What the archive and the index offer; both can be broken."""

    packages: dict[str, Package] = field(default_factory=dict)
    numpy: str = "1.0"
    recorded: Mapping[str, str] = field(default_factory=lambda: {"bookworm-security": "digest"})
    no_archive: Exception | None = None
    no_index: Exception | None = None

    def resolve(self, names: Sequence[str], **_: object) -> tuple[Package, ...]:
        return tuple(self.packages[name] for name in names)

    def add(self, names: Sequence[str], **_: object) -> tuple[Package, ...]:
        return self.resolve(names)

    def opened(self, *_: object, **__: object) -> Today:
        if self.no_archive:
            raise self.no_archive
        return self

    def wheels(self, declared: Sequence[str], **_: object) -> PythonLock:
        if self.no_index:
            raise self.no_index
        found = makers.wheel("numpy", self.numpy)
        return replace(makers.python_lock("numpy"), wheels=(found,))

    @classmethod
    def of(cls, shelf: Shelf) -> Today:
        """Every package that the small checkout asks for, in its first version."""
        first = entry("1.0-1", "First.")
        return cls(
            packages={name: shelf.deb(f"{name}=1.0-1", first, source=name) for name in NAMES}
        )

    def lock(self) -> Lock:
        """The small checkout's lock of what is offered now."""
        old = checkout.lock()
        assert old.rootfs and old.tools
        return replace(
            old,
            rootfs=self._section(old.rootfs),
            tools=self._section(old.tools),
            apt={name: self._section(section) for name, section in old.apt.items()},
        )

    def _section(self, section: AptLock) -> AptLock:
        return replace(section, packages=self.resolve(section.declared))
