"""Takes what a lock has to pin and the lock as it stands; gives the lock with sections resolved anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from burnish.errors import BurnishError, DefinitionError, Interrupted, ToolError
from burnish.lock import ahead, apt, downloads, npm, snapshot, wheels
from burnish.lock.ahead import Answers
from burnish.lock.archive import Archive
from burnish.lock.place import Place
from burnish.model.lock import AptLock, Lock, OpenEntry, Package, Wanted
from burnish.model.site import Apt
from burnish.plan.layers import standing_on
from burnish.plan.pins import broken

ROOTFS, TOOLS, APT, PYTHON = "rootfs", "tools", "apt:", "python:"
DOWNLOADS, NPM = "downloads:", "npm:"


def sections(wanted: Wanted) -> tuple[str, ...]:
    """Every section of an image's lock, in the order in which they are resolved."""
    own = (ROOTFS, TOOLS) if wanted.rootfs else ()
    layers = (f"{APT}{name}" for name in wanted.apt)
    environments = (f"{PYTHON}{name}" for name in wanted.python)
    files = (f"{DOWNLOADS}{name}" for name in wanted.downloads)
    return (*own, *layers, *environments, *files, *(f"{NPM}{name}" for name in wanted.npm))


def touched(wanted: Wanted, asked: Collection[str]) -> frozenset[str]:
    """`asked` and every section that was resolved on top of one of them."""
    found, moved = set(asked), ROOTFS in asked
    for name in wanted.apt:
        moved = moved or f"{APT}{name}" in found
        found |= {f"{APT}{name}"} if moved else set()
    return frozenset(found)


def resolve(
    wanted: Wanted, lock: Lock, *, asked: Collection[str], place: Place, keep_open: bool
) -> Lock:
    """The lock with the sections `asked`, and what stands on them, resolved anew.

    With `keep_open` a section that this place can't resolve becomes an open entry with its reason;
    without, its error is raised. What cannot be reached for a layer that may be left out is always left
    open; then its packages are not pinned, and those above are pinned without them.
    """
    todo = touched(wanted, asked)
    due = [name for name in sections(wanted) if name in todo]
    answers = _ahead(wanted, due, place=place)
    work = _Work(
        wanted=wanted, place=place, answers=answers, lock=replace(lock, image=wanted.image)
    )
    work.open = {entry.section: entry for entry in lock.open if entry.section not in todo}
    for section in due:
        if not section.startswith(APT):
            work.attempt(section, keep_open=keep_open)
    work.leave_out()
    for name in [*work.wanted.apt]:
        if f"{APT}{name}" in todo or work.stands_otherwise(name):
            work.attempt(f"{APT}{name}", keep_open=keep_open)
            work.leave_out()
    return _pruned(work)


def _pruned(work: _Work) -> Lock:
    """The lock without sections that nobody wants any more."""
    known, wanted, own = work.lock, work.wanted, set(sections(work.wanted))
    optional = {f"{APT}{name}" for name in wanted.optional}
    standin = work.place.site.apt.get(wanted.distribution, Apt()).standin
    return replace(
        known,
        recorded={k: v for k, v in known.recorded.items() if "/" in k or k in own},
        apt={name: known.apt[name] for name in wanted.apt if name in known.apt},
        python={name: item for name, item in sorted(known.python.items()) if name in wanted.python},
        downloads={n: item for n, item in known.downloads.items() if n in wanted.downloads},
        npm={n: item for n, item in known.npm.items() if n in wanted.npm},
        open=tuple(sorted(entry for name, entry in work.open.items() if name in own | optional)),
        standin=standin,
    )


def _ahead(wanted: Wanted, due: Collection[str], *, place: Place) -> Answers:
    """What the sections `due` begin with: layers are resolved in the root filesystem's archive."""
    first = {ROOTFS if name.startswith(APT) else name for name in due}
    # a layer that comes or goes moves those above it
    optional = {section for own in wanted.optional.values() for section in own}
    first |= {ROOTFS} if wanted.apt and optional & first else set()
    return ahead.ask(
        wanted,
        archives=[name for name in (ROOTFS, TOOLS) if name in first],
        environments=[name for name in wanted.python if f"{PYTHON}{name}" in first],
        place=place,
    )


@dataclass(kw_only=True)
class _Work:
    """One run of the resolvers: the lock so far, and the archives that were opened for it."""

    wanted: Wanted
    place: Place
    answers: Answers
    lock: Lock
    archives: dict[str, Archive] = field(default_factory=dict)
    open: dict[str, OpenEntry] = field(default_factory=dict)

    def attempt(self, section: str, *, keep_open: bool) -> None:
        """Resolve a section; what cannot be had is left open where that may be."""
        layer = next((name for name, own in self._optional().items() if section in own), "")
        try:
            self.section(section)
        except (DefinitionError, Interrupted):
            raise
        except BurnishError as error:
            not_reached = (ToolError, wheels.NotOffered) if layer else ToolError
            if not (layer or keep_open) or not isinstance(error, not_reached):
                raise
            # without a root filesystem nothing stands on it: one entry says it all
            if self.lock.rootfs or not section.startswith(APT):
                self.open[section] = OpenEntry(
                    section=section, reason=error.message.splitlines()[0]
                )
            if layer:
                self._drop(section)

    def leave_out(self) -> None:
        """Layers that may be left out and lack an input: nobody installs their packages."""
        out = {
            name for name, own in self._optional().items() if any(each in self.open for each in own)
        }
        kept = {name: names for name, names in self.wanted.apt.items() if name not in out}
        self.wanted = replace(self.wanted, apt=kept)
        self.lock = replace(
            self.lock, apt={name: item for name, item in self.lock.apt.items() if name not in out}
        )

    def stands_otherwise(self, layer: str) -> bool:
        """Whether a layer's packages were resolved on others than those that now lie below it."""
        names, known = list(self.wanted.apt), self.lock.apt.get(layer)
        below = names[: names.index(layer)]
        return known is not None and known.below != standing_on(self.lock, below)

    def _optional(self) -> dict[str, tuple[str, ...]]:
        return {name: (*own, f"{APT}{name}") for name, own in self.wanted.optional.items()}

    def _drop(self, section: str) -> None:
        kind, _, name = section.partition(":")
        known: dict[str, Mapping[str, Any]] = {"apt": self.lock.apt, "python": self.lock.python}
        known |= {"downloads": self.lock.downloads, "npm": self.lock.npm}
        left: Any = {key: item for key, item in known[kind].items() if key != name}
        self.lock = replace(self.lock, **{kind: left})

    def section(self, name: str) -> None:
        """Resolve one section into the lock."""
        self.place.may_resolve(name)
        if name.startswith(PYTHON):
            environment = name.removeprefix(PYTHON)
            found = self.answers.environments[environment].result()
            self.lock = replace(self.lock, python={**self.lock.python, environment: found})
        elif name.startswith(DOWNLOADS):
            layer = name.removeprefix(DOWNLOADS)
            files = downloads.resolve(name, self.wanted.downloads[layer], place=self.place)
            self.lock = replace(self.lock, downloads={**self.lock.downloads, layer: files})
        elif name.startswith(NPM):
            layer = name.removeprefix(NPM)
            asked, known = self.wanted.npm[layer], self.lock.npm.get(layer)
            tree = npm.resolve(name, asked, known=known, place=self.place)
            self.lock = replace(self.lock, npm={**self.lock.npm, layer: tree})
        elif name.startswith(APT):
            self._apt(name.removeprefix(APT))
        else:
            packages = self._rootfs(name)
            rootfs, tools = (
                (packages, self.lock.tools) if name == ROOTFS else (self.lock.rootfs, packages)
            )
            self.lock = replace(self.lock, rootfs=rootfs, tools=tools)

    def _rootfs(self, name: str) -> AptLock:
        rootfs, _ = apt.rootfs_of(self.wanted, name)
        declared = rootfs.declared(self.wanted.flavour if name == ROOTFS else "")
        archive, pins = self._archive(name), self.wanted.pins.get(name, ())
        packages = archive.resolve(declared, section=name, pins=pins)
        return self._locked(name, declared, packages=packages)

    def _apt(self, layer: str) -> None:
        names = list(self.wanted.apt)
        below = names[: names.index(layer)]
        standing = self.lock.installed(below)
        section = f"{APT}{layer}"
        archive = self._archive(apt.source(self.wanted, section))
        # what lies below may come from the archives of a layer below
        beside = [name for name in self.wanted.archives if name.removeprefix(APT) in below]
        site = self.place.site.apt.get(self.wanted.distribution, Apt())
        under = (ROOTFS, *(f"{APT}{name}" for name in below))
        debs = apt.bring(
            ROOTFS,
            tuple(standing.values()),
            archive=lambda: self._archive(beside[-1]) if beside else archive,
            place=self.place,
            snapshots=snapshot.places(under, recorded=self.lock.recorded, apt=site),
        )
        declared = self.wanted.apt[layer]
        pins = self.wanted.pins.get(section, ())
        self.place.scratch.mkdir(parents=True, exist_ok=True)
        # another run may resolve the same image meanwhile
        with TemporaryDirectory(prefix="status-", dir=self.place.scratch) as own:
            status = apt.status(debs, Path(own) / "status", inputs=self.place.inputs)
            packages = archive.add(declared, section=section, status=status, pins=pins)
        found = self._locked(section, declared, packages=packages)
        found = replace(found, below=standing_on(self.lock, below))
        self.lock = replace(self.lock, apt={**self.lock.apt, layer: found})

    def _locked(
        self, section: str, declared: tuple[str, ...], *, packages: tuple[Package, ...]
    ) -> AptLock:
        self._kept(section, {package.name: package.version for package in packages})
        archive = partial(self._archive, apt.source(self.wanted, section))
        debs = apt.bring(section, packages, archive=archive, place=self.place)
        dates = (each.partition(" ")[2] for each in archive().recorded.values())
        if when := max(dates, default=""):
            self.lock = replace(self.lock, recorded={**self.lock.recorded, section: when})
        return AptLock(declared=declared, epoch=apt.newest(debs.values()), packages=packages)

    def _kept(self, section: str, versions: Mapping[str, str]) -> None:
        """DefinitionError for pins by hand that apt has no version for: it takes another then."""
        problems = [
            pin.problem(
                f"{pin.asked}, pinned by hand, can't be had: the archive has {version}",
                hint=wheels.HINT,
            )
            for pin, version in broken(self.wanted.pins.get(section, ()), versions)
        ]
        if problems:
            raise DefinitionError(problems)

    def _archive(self, section: str) -> Archive:
        if section not in self.archives:
            asked = self.answers.archives.get(section)
            # those of a layer alone are opened when its turn comes
            opened = asked.result() if asked else apt.opened(self.wanted, section, place=self.place)
            self.archives[section] = opened
            recorded: Mapping[str, str] = {f"{section}/{k}": v for k, v in opened.recorded.items()}
            self.lock = replace(self.lock, recorded={**self.lock.recorded, **recorded})
        return self.archives[section]
