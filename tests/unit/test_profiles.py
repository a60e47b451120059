"""Layers in their order when profiles extend each other."""

from __future__ import annotations

import pytest
from burnish.model.profile import LayerSpec, Profile
from burnish.plan.profiles import flatten

PARENT = Profile(
    name="parent",
    layers=tuple(LayerSpec(id=name, roles=(name,)) for name in ("base", "python", "seal")),
)


def layer(name: str, *, after: str = "", role: str = "") -> LayerSpec:
    return LayerSpec(id=name, roles=(role or name,), after=after)


def flat(*layers: LayerSpec) -> list[str]:
    child = Profile(name="child", extends="parent", layers=layers)
    return [spec.id for spec, _ in flatten(child, {"parent": PARENT, "child": child})]


@pytest.mark.parametrize(
    ("layers", "order"),
    [
        pytest.param((), "base python seal", id="nothing of its own"),
        pytest.param((layer("new"),), "base python new seal", id="seal comes last"),
        pytest.param((layer("new", after="base"),), "base new python seal", id="placed"),
        pytest.param((layer("python", role="x"),), "base python seal", id="replaced in place"),
        pytest.param((layer("base", after="python"),), "python base seal", id="moved"),
        pytest.param(
            (layer("one", after="base"), layer("two", after="one")),
            "base one two python seal",
            id="after one another",
        ),
        pytest.param(
            (layer("one", after="base"), layer("two", after="base")),
            "base two one python seal",
            id="both after the same",
        ),
        pytest.param((layer("seal", role="x"), layer("b")), "base python b seal", id="own seal"),
    ],
)
def test_order(layers: tuple[LayerSpec, ...], order: str) -> None:
    assert flat(*layers) == order.split()


def test_a_replaced_layer_has_its_new_roles_and_origin() -> None:
    child = Profile(name="child", extends="parent", layers=(layer("python", role="conda"),))
    placed = flatten(child, {"parent": PARENT})
    assert [(spec.roles, origin) for spec, origin in placed] == [
        (("base",), "parent"),
        (("conda",), "child"),
        (("seal",), "parent"),
    ]


def test_grandparents_count() -> None:
    middle = Profile(name="middle", extends="parent", layers=(layer("m", after="base"),))
    child = Profile(name="child", extends="middle", layers=(layer("c", after="m"),))
    found = flatten(child, {"parent": PARENT, "middle": middle})
    assert [spec.id for spec, _ in found] == ["base", "m", "c", "python", "seal"]
