"""Takes all loaded definitions; gives the problems between them: names, places, variables, cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from burnish.catalog.document import Document, Location
from burnish.catalog.targets import check_target
from burnish.catalog.validate import closest
from burnish.errors import Problem
from burnish.model.base import Base
from burnish.model.gates import Gates
from burnish.model.image import Image
from burnish.model.profile import ROOTFS, SEAL, LayerSpec, Profile
from burnish.model.role import Role

Objects = Mapping[str, Mapping[str, Any]]
Documents = Mapping[tuple[str, str], Document]


# What a reference calls the kinds that it can name.
WHAT = {"bases": "base", "profiles": "profile", "roles": "role", "gates": "gates"}


def check(
    objects: Objects,
    documents: Documents,
    *,
    roles: Mapping[str, Role],
    broken: frozenset[tuple[str, str]] = frozenset(),
) -> list[Problem]:
    """Every problem that no file shows alone.

    `broken` are (kind, name) of what could not be loaded: its own problems are told, and that
    others name it is none.
    """
    problems = [*_aliases(objects["bases"], documents), *_includes(roles), *_products(roles)]
    for image in objects["images"].values():
        problems += _image(image, objects, document=documents["images", image.name])
    for gates in objects["gates"].values():
        document = documents["gates", gates.name]
        problems += _gates(gates, objects["profiles"], document=document)
    for target in objects.get("targets", {}).values():
        problems += check_target(target, documents["targets", target.name])
    for profile in objects["profiles"].values():
        document = documents["profiles", profile.name]
        problems += _extends(profile, objects["profiles"], document=document)
        problems += _layers(profile, objects["profiles"], document=document)
        for index, layer in enumerate(profile.layers):
            problems += _layer(layer, roles, document=document, at=("layers", index))
    excused = {f"unknown {WHAT[kind]} {name!r}" for kind, name in broken if kind in WHAT}
    return [problem for problem in problems if problem.text not in excused]


def _unknown(
    document: Document, at: Location, *, what: str, name: str, known: Mapping[str, Any] | set[str]
) -> Problem:
    return document.problem(at, f"unknown {what} {name!r}", hint=closest(name, known))


def _aliases(bases: Mapping[str, Base], documents: Documents) -> Iterator[Problem]:
    owner: dict[str, str] = {name: name for name in bases}
    for base in bases.values():
        for index, alias in enumerate(base.aliases):
            if owner.setdefault(alias, base.name) != base.name:
                text = f"the alias {alias!r} belongs to {owner[alias]!r} already"
                yield documents["bases", base.name].problem(("aliases", index), text)


def _includes(roles: Mapping[str, Role]) -> Iterator[Problem]:
    for role in roles.values():
        for name in role.includes:
            if name not in roles and "{{" not in name:
                yield Problem(
                    file=f"roles/{role.name}/tasks",
                    line=0,
                    path="",
                    text=f"unknown role {name!r} is included",
                    hint=closest(name, roles),
                )


def _products(roles: Mapping[str, Role]) -> Iterator[Problem]:
    """Roles that a product is said to be made of, and that nobody knows: it would not hang on them."""
    for role in roles.values():
        for stem, data in role.data.items():
            lists = (name for name in data if name.startswith(f"__{role.name}_products"))
            for place, spec in ((name, spec) for name in lists for spec in data[name]):
                for name in spec["roles"]:
                    if name not in roles:
                        yield Problem(
                            file=f"roles/{role.name}/vars/{stem}.yml",
                            line=0,
                            path=place,
                            text=f"unknown role {name!r}",
                            hint=closest(name, roles),
                        )


def _image(image: Image, objects: Objects, *, document: Document) -> Iterator[Problem]:
    base = objects["bases"].get(image.base)
    if base is None:
        known = objects["bases"]
        yield _unknown(document, ("base",), what="base", name=image.base, known=known)
    elif base.rootfs and image.flavour not in base.rootfs.kernel:
        text = f"the base {base.name!r} names no kernel for {image.flavour!r}"
        hint = f"add rootfs.kernel.{image.flavour} to packer/bases/{base.name}.yaml"
        yield document.problem(("flavour",), text, hint=hint)
    if image.profile not in objects["profiles"]:
        problem = _unknown(
            document, ("profile",), what="profile", name=image.profile, known=objects["profiles"]
        )
        where = f"{problem.hint} profiles live in packer/profiles/".strip()
        yield document.problem(("profile",), problem.text, hint=where)
    if image.gates and image.gates not in objects["gates"]:
        known = objects["gates"]
        yield _unknown(document, ("gates",), what="gates", name=image.gates, known=known)
    if image.disk_gb < 1:
        yield document.problem(("disk_gb",), "a disk has at least 1 GiB")
    if image.keep < 1:
        yield document.problem(("keep",), "a gallery keeps at least 1 version")
    if image.end_of_life_days < 1:
        yield document.problem(("end_of_life_days",), "a version lives at least 1 day")


def _gates(
    gates: Gates, profiles: Mapping[str, Profile], *, document: Document
) -> Iterator[Problem]:
    known = {layer.id for profile in profiles.values() for layer in profile.layers} | {ROOTFS}
    for name, budget in gates.layer_mib.items():
        if name not in known:
            yield _unknown(document, ("layer_mib", name), what="layer", name=name, known=known)
        if budget < 1:
            yield document.problem(("layer_mib", name), "a budget is at least 1 MiB")
    if gates.image_mib is not None and gates.image_mib < 1:
        yield document.problem(("image_mib",), "a budget is at least 1 MiB")
    if gates.security_pending < 0:
        yield document.problem(("security_pending",), "a count is at least 0")


def _extends(
    profile: Profile, profiles: Mapping[str, Profile], *, document: Document
) -> Iterator[Problem]:
    if profile.extends and profile.extends not in profiles:
        yield _unknown(document, ("extends",), what="profile", name=profile.extends, known=profiles)
    seen, current = [profile.name], profile.extends
    while current in profiles:
        if current in seen:
            circle = " -> ".join([*seen, current])
            yield document.problem(
                ("extends",), f"profiles extend each other in a circle: {circle}"
            )
            return
        seen.append(current)
        current = profiles[current].extends


def _layers(
    profile: Profile, profiles: Mapping[str, Profile], *, document: Document
) -> Iterator[Problem]:
    inherited: set[str] = set()
    parent = profiles.get(profile.extends)
    while parent is not None and parent.name != profile.name:
        inherited |= {layer.id for layer in parent.layers}
        if parent.extends == profile.extends:
            break
        parent = profiles.get(parent.extends)
    own: set[str] = set()
    for index, layer in enumerate(profile.layers):
        at = ("layers", index)
        if layer.id in own:
            text = f"the layer {layer.id!r} stands here twice"
            yield document.problem((*at, "id"), text)
        if layer.after and layer.after not in inherited | own:
            known = inherited | own
            yield _unknown(document, (*at, "after"), what="layer", name=layer.after, known=known)
        if layer.after == SEAL:
            yield document.problem((*at, "after"), f"{SEAL!r} always comes last")
        own.add(layer.id)


def _layer(
    layer: LayerSpec, roles: Mapping[str, Role], *, document: Document, at: Location
) -> Iterator[Problem]:
    for index, name in enumerate(layer.roles):
        if name not in roles:
            yield _unknown(document, (*at, "roles", index), what="role", name=name, known=roles)
    for index, name in enumerate(layer.where_offered):
        if name not in layer.roles:
            at_role, own = (*at, "where_offered", index), set(layer.roles)
            yield _unknown(document, at_role, what="role of the layer", name=name, known=own)
    if not set(layer.roles) - set(layer.where_offered):
        yield document.problem((*at, "roles"), "a layer has at least one role")
    known = {
        variable for name in layer.roles if name in roles for variable in roles[name].variables
    }
    if all(name in roles for name in layer.roles):
        for variable in layer.vars:
            if variable not in known:
                what = f"variable of {' and '.join(layer.roles)}"
                yield _unknown(
                    document, (*at, "vars", variable), what=what, name=variable, known=known
                )
