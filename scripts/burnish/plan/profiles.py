"""Takes a profile and those it extends; gives the layers in their order, each with its origin."""

from __future__ import annotations

from collections.abc import Mapping

from burnish.model.profile import SEAL, LayerSpec, Profile

Placed = tuple[LayerSpec, str]


def flatten(profile: Profile, profiles: Mapping[str, Profile]) -> tuple[Placed, ...]:
    """Every layer and the profile that declared it. `seal` comes last whatever the order.

    A layer of a known id replaces the inherited one in its place, unless it names a new `after`.
    """
    inherited = flatten(profiles[profile.extends], profiles) if profile.extends else ()
    layers: list[Placed] = list(inherited)
    for layer in profile.layers:
        entry = (layer, profile.name)
        at = _index(layers, layer.id)
        if at is not None and not layer.after:
            layers[at] = entry
            continue
        if at is not None:
            del layers[at]
        if layer.after:
            after = _index(layers, layer.after)
            layers.insert(len(layers) if after is None else after + 1, entry)
        else:
            layers.append(entry)
    seal = _index(layers, SEAL)
    if seal is not None:
        layers.append(layers.pop(seal))
    return tuple(layers)


def lineage(name: str, profiles: Mapping[str, Profile]) -> tuple[str, ...]:
    """A profile's name and those that it extends, nearest first; unknown names and rings end it."""
    names: list[str] = []
    while name in profiles and name not in names:
        names.append(name)
        name = profiles[name].extends
    return tuple(names)


def _index(layers: list[Placed], name: str) -> int | None:
    return next((i for i, (layer, _) in enumerate(layers) if layer.id == name), None)
