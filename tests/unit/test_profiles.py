"""Layers in their order when profiles extend each other."""

from __future__ import annotations

import checkout
import pytest
from burnish.model.profile import LayerSpec, Profile
from burnish.plan.offered import holding
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


# What the images for GPUs ask for in the place of what those for processors do.
INSTEAD = {
    "tf": ({"tensorflow-cpu>=2.21"}, {"tensorflow[and-cuda]>=2.21,<2.22"}),
    "ml": ({"xgboost-cpu>=3.2"}, {"xgboost>=3.2,<3.3"}),
    "torch": ({"torch==2.13.0+cpu"}, {"torch>=2.14,<2.15"}),
}
TORCH_12 = {"torch": ({"torch==2.13.0+cpu"}, {"torch==2.10.0"})}


def environments(profile: str) -> dict[str, set[str]]:
    profiles = checkout.real().profiles
    layers = flatten(profiles[profile], profiles)
    given = [layer.vars for layer, _ in layers if "python_environment" in layer.vars]
    base = checkout.real().bases["debian-12"]
    return {
        each["python_environment"]: set(holding(each["python_requirements"], base))
        for each in given
    }


@pytest.mark.parametrize(
    ("profile", "instead"),
    [
        ("data-science-gpu", INSTEAD),
        ("data-science-gpu-signed", INSTEAD),
        ("data-science-gpu-distro", INSTEAD | TORCH_12),
    ],
)
def test_images_for_gpus_have_what_the_others_have(
    profile: str, instead: dict[str, tuple[set[str], set[str]]]
) -> None:
    plain, ours = environments("data-science"), environments(profile)
    assert ours.keys() - plain.keys() == {"cuda"}
    differing = {name for name in plain if plain[name] != ours[name]}
    assert {
        name: (plain[name] - ours[name], ours[name] - plain[name]) for name in differing
    } == instead


def test_the_driver_stands_low_and_once() -> None:
    profiles = checkout.real().profiles
    for name in ("data-science-gpu", "data-science-gpu-signed", "data-science-gpu-distro"):
        names = [layer.id for layer, _ in flatten(profiles[name], profiles)]
        assert names[:3] == ["base", "cuda", "r"]
