"""Takes the plans of a Linux and of a Windows image and the roles; gives how they differ, row by row. Pure.

Rows are what roles' facts name and what each environment is asked for, with the versions that the locks
pin. Whatever else an environment has is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from burnish.model.lock import WINDOWS
from burnish.model.parity import Parity, Row, Same, Wheels
from burnish.model.plan import LeftOut, Plan
from burnish.model.role import Named, Role, sentence

NUMBER = re.compile(r"(?<![A-Za-z0-9.])v?(\d+(?:\.\d+)+)")
# what a distribution, or a build for processors, adds to the version of what it packs
ADDED = re.compile(r"^\d+:|[-+~].*$")
# the same distribution, built for other processors: tensorflow-cpu, nvidia-cuda-nvcc-cu12
BUILT_FOR = re.compile(r"-(?:cpu|gpu|cu\d+)$")
NOT_ASKED = "the profile does not ask for it there"
NOT_NAMED = "its role does not say what it is there"
NO_VERSION = "there, and its address tells no version"
OPEN = "its lock leaves it open"
REQUIREMENTS = "python_requirements"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One environment: the layer that makes it, what it is asked for, its pins; why it is left `out`."""

    layer: str = ""
    asked: tuple[str, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)
    out: str = ""


NOTHING = Environment()


class _Side:
    """What one image has."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.layers = {layer.name: layer for layer in plan.layers}

    @cached_property
    def apt(self) -> Mapping[str, str]:
        lock = self.plan.lock
        sections = [each for each in (lock.rootfs, *lock.apt.values()) if each]
        debs = [package for layer in self.layers for package in lock.debs(layer)]
        pinned = [package for each in sections for package in each.packages]
        return {package.name: package.version for package in (*pinned, *debs)}

    @cached_property
    def environments(self) -> Mapping[str, Environment]:
        """Those of its layers, and of layers that another place would build, by name."""
        made = [(layer.name, name, "") for layer in self.plan.layers for name in layer.python]
        out = [each for each in self.plan.left_out if not each.system]
        made += [(each.name, name, each.reason) for each in out for name in each.python]
        return {
            name.removesuffix(WINDOWS): self._environment(layer, name, out=why)
            for layer, name, why in made
        }

    def _environment(self, layer: str, name: str, *, out: str) -> Environment:
        lock = self.plan.lock.python.get(name)
        asked = self.layers[layer].vars.get(REQUIREMENTS, ()) if layer in self.layers else ()
        return Environment(
            layer=layer,
            asked=_names(asked or (lock.declared if lock else ())),
            pins=self.plan.lock.versions(f"python:{name}"),
            out=out,
        )

    def pinned(self, distribution: str) -> str:
        """The version of a distribution in the first environment that has it."""
        pins = (each.pins for each in self.environments.values())
        return next((found[distribution] for found in pins if distribution in found), "")

    def downloads(self, role: str) -> Mapping[str, str]:
        """File -> address, of the layers that a role stands in."""
        lines = (
            line.split(" ")
            for layer in self.plan.layers
            if role in layer.roles
            for line in layer.downloads
        )
        return {line[0]: line[1] for line in lines}

    def unresolved(self, role: str) -> str:
        """The sections of a role's layers that the lock leaves open."""
        layers = [layer.name for layer in self.plan.layers if role in layer.roles]
        own = {f"{kind}:{name}" for kind in ("apt", "downloads") for name in layers}
        return ", ".join(each.section for each in self.plan.open if each.section in own)

    def without(self, role: str) -> LeftOut | None:
        """Why an image has nothing of a role; None if it has."""
        if role in self.plan.roles:
            return None
        out = self.plan.left_out
        named = (each for each in out if each.reason.startswith(f"{role}: "))
        return next(named, None) or next((each for each in out if role in each.roles), None)


def parity(linux: Plan, windows: Plan, *, roles: Mapping[str, Role]) -> Parity:
    """How two images differ."""
    one, other = _Side(linux), _Side(windows)
    out = (role for each in (*linux.left_out, *windows.left_out) for role in each.roles)
    names = dict.fromkeys((*linux.roles, *windows.roles, *out))
    environments = tuple(dict.fromkeys((*one.environments, *other.environments)))
    asked = [row for name in environments for row in _environment(name, one, other=other)]
    told = {row.name for row in asked}
    own = [row for name in names for row in _role(roles[name], one, other=other, told=told)]
    return Parity(
        linux=linux.image.name,
        windows=windows.image.name,
        rows=(*own, *asked),
        wheels=tuple(
            _wheels(name, one.environments[name].pins, other=other.environments[name].pins)
            for name in environments
            if name in one.environments and name in other.environments
        ),
        open=(*_open(linux), *_open(windows)),
    )


def _open(plan: Plan) -> Iterator[str]:
    """What another place would have resolved, or built."""
    name = plan.image.name
    yield from (f"{name}: {each.section}: {each.reason}" for each in plan.open)
    yield from (f"{name}: layer {e.name}: {e.reason}" for e in plan.left_out if not e.system)


def _role(role: Role, one: _Side, *, other: _Side, told: set[str]) -> Iterator[Row]:
    """What a role's facts name; of a role that has no names and is not there, the role itself."""
    found: dict[str, Row] = {}
    shown = {each.name for each in role.facts.software if canonicalize_name(each.python) in told}
    for each in role.facts.software:
        if canonicalize_name(each.python) in told:
            continue
        # what has a row by the name of its distribution has every other by that, too
        named = replace(each, name=each.python) if each.python and each.name in shown else each
        row = _named(named, role, one=one, other=other)
        if row and (named.name not in found or found[named.name].state == "missing"):
            found[named.name] = row
    lacking = other.without(role.name)
    if not found and lacking and role.name in one.plan.roles:
        yield _row(role.name, (role.name, "yes", "-"), state="missing", told=lacking.told)
    yield from found.values()


def _named(named: Named, role: Role, *, one: _Side, other: _Side) -> Row | None:
    """One of its names; nothing where neither image has it."""
    linux, windows = _on_linux(named, role, side=one), _on_windows(named, role, side=other)
    cells = (named.name, linux, windows)
    if linux and windows:
        return _row(role.name, cells, state=_compared(linux, windows))
    if not linux:
        return _off_linux(named, role, side=one, windows=windows)
    if out := other.without(role.name):
        return _row(role.name, cells, state="missing" if out.system else "untold", told=out.told)
    return _unlike(named, role, cells=cells)


def _off_linux(named: Named, role: Role, *, side: _Side, windows: str) -> Row | None:
    """What no lock has a version of on Linux: the image does without it, or nobody could look it up here."""
    cells, out = (named.name, "", windows), side.without(role.name)
    if out and not out.system:
        told = (f"on Linux {out.reason}", "")
        return _row(role.name, cells, state="untold", told=told) if windows or named.apt else None
    if not windows:
        return None
    if named.apt and not out and (sections := side.unresolved(role.name)):
        return _row(role.name, cells, state="untold", told=(f"on Linux {OPEN}: {sections}", ""))
    return _row(role.name, cells, state="only")


def _unlike(named: Named, role: Role, *, cells: tuple[str, str, str]) -> Row:
    """What Linux has of a role that Windows has too, where nothing pins what it is there."""
    if named.instead:
        return _row(
            role.name, cells, state="missing", told=(sentence("no-upstream-build"), named.instead)
        )
    if named.windows:
        return _row(role.name, cells, state="untold", told=(NO_VERSION, ""))
    if named.python:
        return _row(role.name, cells, state="missing", told=(NOT_ASKED, ""))
    return _row(role.name, cells, state="untold", told=(NOT_NAMED, ""))


def _on_linux(named: Named, role: Role, *, side: _Side) -> str:
    if named.apt or named.python:
        return side.apt.get(named.apt, "") or side.pinned(canonicalize_name(named.python))
    word = named.name.partition(" ")[0].lower()
    addresses = (url for file, url in side.downloads(role.name).items() if word in file.lower())
    return next(filter(None, map(_told, addresses)), "")


def _on_windows(named: Named, role: Role, *, side: _Side) -> str:
    if named.windows:
        return _told(side.downloads(role.name).get(named.windows, ""))
    return side.pinned(canonicalize_name(named.python)) if named.python else ""


def _told(address: str) -> str:
    """The version that an address names: its file, or else its folders."""
    path = unquote(urlsplit(address).path)
    found = NUMBER.search(path.rpartition("/")[2]) or NUMBER.search(path)
    return found[1] if found else ""


def _environment(name: str, one: _Side, *, other: _Side) -> Iterator[Row]:
    """What an environment is asked for, on either."""
    part = f"environment {name}"
    here, there = (side.environments.get(name, NOTHING) for side in (one, other))
    for each in dict.fromkeys((*here.asked, *there.asked)):
        cells = (each, here.pins.get(each, ""), there.pins.get(each, ""))
        if each in here.asked and each in there.asked:
            state: Same = _compared(*cells[1:]) if all(cells) else "untold"
            why = "" if all(cells) else there.out or here.out or OPEN
            yield _row(part, cells, state=state, told=(why, ""))
        elif each in there.asked:
            yield _row(part, cells, state="only")
        else:
            yield _missing(part, cells, pair=(here, there), out=other.plan.left_out)


def _missing(
    part: str,
    cells: tuple[str, str, str],
    *,
    pair: tuple[Environment, Environment],
    out: Iterable[LeftOut],
) -> Row:
    """A requirement of Linux alone: its layer, or the role that wants it, or it is not asked for."""
    here, there = pair
    name = cells[0]
    alone = (each for each in there.asked if each not in here.asked)
    like = [each for each in alone if BUILT_FOR.sub("", each) == BUILT_FOR.sub("", name)]
    if like:
        return _row(part, cells, state="missing", told=(NOT_ASKED, ", ".join(like)))
    for each in out:
        if each.name == here.layer or each.name.startswith(f"{here.layer}/"):
            return _row(part, cells, state="missing" if each.system else "untold", told=each.told)
    return _row(part, cells, state="missing", told=(NOT_ASKED, ""))


def _names(lines: Iterable[str]) -> tuple[str, ...]:
    """The distributions that lines of requirements name."""
    found = []
    for line in lines:
        try:
            found.append(canonicalize_name(Requirement(line).name))
        except InvalidRequirement:  # an option, as `--pre`
            continue
    return tuple(found)


def _wheels(name: str, one: Mapping[str, str], *, other: Mapping[str, str]) -> Wheels:
    both = one.keys() & other.keys()
    same = sum(_compared(one[each], other[each]) == "same" for each in both)
    return Wheels(
        environment=name,
        same=same,
        other=len(both) - same,
        linux=len(one.keys() - both),
        windows=len(other.keys() - both),
    )


def _compared(linux: str, windows: str) -> Same:
    one, other = (re.sub(ADDED, "", re.sub(ADDED, "", each)) for each in (linux, windows))
    return "same" if one == other else "other"


def _row(
    part: str, cells: tuple[str, str, str], *, state: Same, told: tuple[str, str] = ("", "")
) -> Row:
    """`told`: why, and what is there instead."""
    name, linux, windows = cells
    why, instead = told
    return Row(
        part=part, name=name, linux=linux, windows=windows, state=state, why=why, instead=instead
    )
