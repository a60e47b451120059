"""Gates as definitions: loaded with the others, each mistake with its place and hint."""

from __future__ import annotations

from pathlib import Path

import checkout
import pytest
from burnish.catalog.load import load
from burnish.errors import DefinitionError
from burnish.model.base import Level
from burnish.model.gates import Gates
from burnish.plan.profiles import flatten

TINY_CPU = "packer/images/tiny-cpu.yaml"
SMALL = "packer/gates/small.yaml"
LEVELS = "expected 'static', 'simulated', 'container', 'artifact', 'vm', 'azure', 'wine' or 'gpu'"
WHOLE = """\
name: small
levels: [container, vm]
image_mib: 700
layer_mib: {rootfs: 300, python-ml: 1000}
losses:
  - package: jq
    reason: nobody uses it
    link: https://example.org/1
    until: 2027-01-31
security_pending: 2
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout.write(tmp_path_factory.mktemp("root"))


def test_gates_are_loaded(tmp_path: Path) -> None:
    gates = load([checkout.write(tmp_path, changes={SMALL: WHOLE})]).gates["small"]
    assert (gates.levels, gates.image_mib) == ((Level.CONTAINER, Level.VM), 700)
    assert gates.layer_mib == {"rootfs": 300, "python-ml": 1000}
    assert (gates.losses[0].package, str(gates.losses[0].until)) == ("jq", "2027-01-31")
    assert (gates.downgrades, gates.security_pending) == ((), 2)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            *(TINY_CPU, "disk_gb: 8", "disk_gb: 8\ngates: smal"),
            (":10: gates: unknown gates 'smal'", "did you mean 'small'?"),
            id="misspelt gates",
        ),
        pytest.param(
            *(SMALL, "base: 100", "bsae: 100"),
            (":3: layer_mib.bsae: unknown layer 'bsae'", "did you mean 'base'?"),
            id="budget of no layer",
        ),
        pytest.param(
            *(SMALL, "base: 100", "base: 0"),
            (":3: layer_mib.base: a budget is at least 1 MiB", ""),
            id="budget of nothing",
        ),
        pytest.param(
            *(SMALL, "name: small", "name: small\nimage_mib: 0"),
            (":2: image_mib: a budget is at least 1 MiB", ""),
            id="no image",
        ),
        pytest.param(
            *(SMALL, "name: small", "name: small\nsecurity_pending: -1"),
            (":2: security_pending: a count is at least 0", ""),
            id="less than none",
        ),
        pytest.param(
            *(SMALL, "name: small", "name: small\nimage_mbi: 3"),
            (":2: image_mbi: unknown key 'image_mbi'", "did you mean 'image_mib'?"),
            id="misspelt key",
        ),
        pytest.param(
            *(SMALL, "name: small", "name: small\nlevels: [vn]"),
            (":2: levels[0]: unknown value 'vn'", LEVELS),
            id="no level",
        ),
        pytest.param(
            *(SMALL, "name: small", "name: small\nlosses: [{package: a, reason: b, link: c}]"),
            (":2: losses[0].until: the key 'until' is missing", ""),
            id="allowed without end",
        ),
    ],
)
def test_each_mistake_has_place_and_hint(
    root: Path, file: str, old: str, new: str, expected: tuple[str, str]
) -> None:
    with (
        checkout.edited(root, file, old=old, new=new),
        pytest.raises(DefinitionError) as caught,
    ):
        load([root])
    found = [(str(each).removeprefix(file), each.hint) for each in caught.value.problems]
    assert found == [expected]


def test_broken_gates_are_no_second_problem_of_their_image(root: Path) -> None:
    with (
        checkout.edited(root, TINY_CPU, old="disk_gb: 8", new="disk_gb: 8\ngates: small"),
        checkout.edited(root, SMALL, old="layer_mib", new="layers_mib"),
        pytest.raises(DefinitionError) as caught,
    ):
        load([root])
    assert [problem.file for problem in caught.value.problems] == [SMALL]


def test_our_own_images_name_gates_that_fit_their_layers() -> None:
    catalog = checkout.real()
    profiles = catalog.profiles
    for image in catalog.images.values():
        if catalog.bases[image.base].rootfs:
            gates = catalog.gates[image.gates]
            layers = {layer.id for layer, _ in flatten(profiles[image.profile], profiles)}
            assert gates.layer_mib.keys() == layers | {"rootfs"}
    assert catalog.gates["data-science"] != Gates(name="data-science")
