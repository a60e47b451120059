"""Which inputs change which layers: a table of every kind of input, and of what is no input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import azure_builds
import checkout
import makers
import pytest
from burnish.catalog.load import PLUGINS, load
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.plan.layers import rootfs_inputs
from burnish.stages import planning

NONE: tuple[str, ...] = ()
SEAL = ("seal",)
EXTRA = ("extra", *SEAL)
PYTHON = ("python-ml", *EXTRA)
BASE = ("base", *PYTHON)
ALL = ("rootfs", *BASE)
PROFILE = "packer/profiles/stack.yaml"
TINY = "packer/bases/tiny.yaml"
TINY_CPU = "packer/images/tiny-cpu.yaml"
GATES = "packer/gates/small.yaml"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout.write(tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="module")
def untouched(root: Path) -> Plan:
    return checkout.resolved(root)


@pytest.fixture(scope="module")
def small(root: Path, untouched: Plan) -> tuple[Path, Plan]:
    return root, untouched


def rebuilt(before: Plan, after: Plan) -> tuple[str, ...]:
    """The names of the layers whose ids differ."""
    known = {layer.id for layer in before.layers}
    return tuple(layer.name for layer in after.layers if layer.id not in known)


MORE = "further:\n    %s: [contrib]\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "layers"),
    [
        pytest.param("roles/base/tasks/main.yml", "", "# x\n", BASE, id="task of the first role"),
        pytest.param("roles/extra/tasks/main.yml", "", "# x\n", EXTRA, id="task of a later role"),
        pytest.param("roles/seal/tasks/main.yml", "", "# x\n", SEAL, id="task of the last role"),
        pytest.param("roles/helper/tasks/main.yml", "", "# x\n", EXTRA, id="included role"),
        pytest.param("roles/extra/templates/new.j2", "", "x", EXTRA, id="a new file of a role"),
        pytest.param("roles/extra/meta/argument_specs.yml", "", "# x\n", EXTRA, id="contract"),
        pytest.param("roles/base/README.md", "", "more", NONE, id="README of a role"),
        pytest.param("roles/base/facts.yml", "[]", "[{name: x, apt: x}]", NONE, id="facts"),
        pytest.param("ansible/linux.yml", "", "# x\n", BASE, id="playbook"),
        pytest.param(f"{PLUGINS}/action/settings.py", "", "#", BASE, id="our own collection"),
        pytest.param(f"{PLUGINS}/modules/npm.py", "", "#", NONE, id="a module that nobody uses"),
        pytest.param("ansible/ansible.cfg", "", "# x\n", BASE, id="ansible.cfg"),
        pytest.param("packer/templates/layer.pkr.hcl.j2", "", "# x\n", BASE, id="template"),
        pytest.param("packer/templates/azure-arm.pkr.hcl.j2", "", "#", NONE, id="azure template"),
        pytest.param("packer/templates/azure-apply.sh.j2", "", "#", NONE, id="azure script"),
        pytest.param("scripts/requirements.txt", "14", "15", BASE, id="version of ansible-core"),
        pytest.param("scripts/requirements.txt", "12.3", "12.4", BASE, id="version of ansible"),
        pytest.param("scripts/requirements.txt", "0.9.1", "0.9.2", BASE, id="version of uv"),
        pytest.param("scripts/requirements.txt", "", "click==8.1\n", NONE, id="another tool"),
        pytest.param(PROFILE, "C.UTF-8", "C", BASE, id="variable of the first layer"),
        pytest.param(PROFILE, "nt: ml", "nt: dl", PYTHON, id="variable of a later layer"),
        pytest.param(PROFILE, "[numpy]", "[numpy, scipy]", PYTHON, id="Python requirement"),
        pytest.param(PROFILE, "[extra]", "[extra, helper]", EXTRA, id="one role more"),
        pytest.param(PROFILE, "", "# why\n", NONE, id="comment in a profile"),
        pytest.param(PROFILE, "id: extra", "id: more", NONE, id="name of a layer"),
        pytest.param(TINY, "[bash]", "[bash, zsh]", ALL, id="package of the base"),
        pytest.param(TINY, "bookworm", "trixie", ALL, id="suite"),
        pytest.param(TINY, "[main]", "[main, contrib]", ALL, id="components"),
        pytest.param(
            TINY, "  python:", f"  {MORE % 'gpu'}  python:", NONE, id="others' components"
        ),
        pytest.param(TINY, "  python:", f"  {MORE % 'cpu'}  python:", ALL, id="further components"),
        pytest.param(TINY, "cpu: [linux-image-cloud]", "cpu: [linux]", ALL, id="kernel"),
        pytest.param(TINY, "gpu: [linux-image-cloud]", "gpu: [linux]", NONE, id="other kernel"),
        pytest.param(TINY, "debian-archive-keyring", "other", NONE, id="keyring"),
        pytest.param(TINY, "tiny-gen2", "tiny", NONE, id="marketplace identity"),
        pytest.param("tests/toolchains/test_base.py", "", "# x\n", NONE, id="check"),
        pytest.param(TINY_CPU, "burnish", "me", NONE, id="publisher"),
        pytest.param(TINY_CPU, "", "gates: small\n", NONE, id="gates of an image"),
        pytest.param(GATES, "100", "200", NONE, id="budget of a layer"),
        pytest.param("site.yaml", "", "http_proxy: http://p:3128\n", NONE, id="site"),
    ],
)
def test_a_changed_file_rebuilds_the_layers_that_read_it(
    small: tuple[Path, Plan], file: str, old: str, new: str, layers: tuple[str, ...]
) -> None:
    root, untouched = small
    with checkout.edited(root, file, old=old, new=new):
        assert rebuilt(untouched, checkout.resolved(root)) == layers


def _pin(lock: Lock) -> Lock:
    assert lock.rootfs
    packages = (lock.rootfs.packages[0], makers.package("linux-image-cloud", "6.2"))
    return replace(lock, rootfs=replace(lock.rootfs, packages=packages))


def _tools(lock: Lock) -> Lock:
    assert lock.tools
    return replace(lock, tools=replace(lock.tools, packages=(makers.package("mtools", "5"),)))


def _wheel(lock: Lock) -> Lock:
    wheels = (makers.wheel("numpy", "2.0"),)
    return replace(lock, python={"ml": replace(lock.python["ml"], wheels=wheels)})


def _bytes(lock: Lock) -> Lock:
    wheels = (replace(lock.python["ml"].wheels[0], sha256=makers.sha("other bytes")),)
    return replace(lock, python={"ml": replace(lock.python["ml"], wheels=wheels)})


def _deb(lock: Lock) -> Lock:
    jq = replace(lock.apt["base"].packages[0], sha256=makers.sha("other bytes"))
    return replace(lock, apt={"base": replace(lock.apt["base"], packages=(jq,))})


@pytest.mark.parametrize(
    ("change", "layers", "disk"),
    [
        pytest.param(_pin, ALL, True, id="pin of the root filesystem"),
        pytest.param(_deb, BASE, True, id="pin of a layer's packages"),
        pytest.param(_wheel, PYTHON, True, id="pin of Python"),
        pytest.param(_bytes, PYTHON, True, id="same version, other bytes"),
        pytest.param(_tools, NONE, True, id="pin of the disk tools"),
        pytest.param(lambda k: replace(k, recorded={"x": "y"}), NONE, False, id="InRelease"),
        pytest.param(lambda k: replace(k, basis="x"), NONE, False, id="basis of a local lock"),
    ],
)
def test_a_changed_pin_rebuilds_the_layers_that_install_it(
    root: Path,
    untouched: Plan,
    change: Callable[[Lock], Lock],
    layers: tuple[str, ...],
    disk: bool,
) -> None:
    after = checkout.resolved(root, change(checkout.lock()))
    assert rebuilt(untouched, after) == layers
    assert (after.disk_key != untouched.disk_key) is disk
    assert (after.id != untouched.id) is disk


def test_an_executable_bit_is_content(tmp_path: Path, untouched: Plan) -> None:
    root = checkout.write(tmp_path)
    (root / "roles/extra/tasks/main.yml").chmod(0o755)
    assert rebuilt(untouched, checkout.resolved(root)) == EXTRA


@pytest.mark.parametrize(
    ("file", "old", "new"), [(TINY_CPU, "", "gates: small\n"), (GATES, "100", "200")]
)
def test_what_a_version_is_held_to_is_no_part_of_it(
    root: Path, untouched: Plan, file: str, old: str, new: str
) -> None:
    with checkout.edited(root, file, old=old, new=new):
        after = checkout.resolved(root)
    assert (after.id, after.disk_key) == (untouched.id, untouched.disk_key)


def test_disk_size_changes_the_disk_alone(root: Path, untouched: Plan) -> None:
    with checkout.edited(root, TINY_CPU, old="disk_gb: 8", new="disk_gb: 9"):
        after = checkout.resolved(root)
    assert rebuilt(untouched, after) == NONE
    assert after.disk_key != untouched.disk_key
    assert after.id != untouched.id


def test_the_engines_code_changes_the_disk_alone(root: Path, untouched: Plan) -> None:
    after = checkout.plan_of(replace(load([root]), engine={"build/disk.py": "other"}))
    assert rebuilt(untouched, after) == NONE
    assert after.disk_key != untouched.disk_key


def test_identity_in_the_gallery_changes_the_plan_not_the_disk(root: Path, untouched: Plan) -> None:
    with checkout.edited(root, TINY_CPU, old="offer: stack", new="offer: other"):
        after = checkout.resolved(root)
    assert (after.disk_key, rebuilt(untouched, after)) == (untouched.disk_key, NONE)
    assert after.id != untouched.id


def test_flavour_changes_every_layer_of_roles(root: Path, untouched: Plan) -> None:
    gpu = checkout.resolved(root, image="tiny-gpu")
    assert rebuilt(untouched, gpu) == BASE


def test_ids_do_not_depend_on_where_the_checkout_lies(tmp_path: Path, untouched: Plan) -> None:
    elsewhere = checkout.resolved(checkout.write(tmp_path / "a b" / "c"))
    assert elsewhere.id == untouched.id


def test_epoch_is_the_newest_of_own_and_parents_inputs(root: Path) -> None:
    lock = checkout.lock()
    epochs = {layer.name: layer.epoch for layer in checkout.resolved(root, lock).layers}
    old, new = makers.EPOCH, makers.EPOCH + 100
    assert epochs == dict.fromkeys(("rootfs", "base"), old) | dict.fromkeys(PYTHON, new)
    older = replace(lock, python={"ml": makers.python_lock("numpy", epoch=5)})
    assert {layer.epoch for layer in checkout.resolved(root, older).layers} == {old}


def test_epoch_is_an_input(root: Path, untouched: Plan) -> None:
    lock = checkout.lock()
    later = replace(lock.python["ml"], epoch=makers.EPOCH + 999)
    after = checkout.resolved(root, replace(lock, python={"ml": later}))
    assert rebuilt(untouched, after) == PYTHON


def test_variables_remember_where_they_came_from(untouched: Plan) -> None:
    layer = makers.by_name(untouched)["base"]
    assert layer.origins == {"base_locale": PROFILE}
    assert layer.vars == {"base_locale": "C.UTF-8"}


def test_every_layer_names_its_parent(untouched: Plan) -> None:
    ids = [layer.id for layer in untouched.layers]
    assert [layer.parent for layer in untouched.layers] == ["", *ids[:-1]]
    assert all(len(layer_id) == 64 for layer_id in ids)


def test_unresolved_root_filesystem_has_an_id_of_its_own() -> None:
    declared, lock = ("bash",), makers.rootfs_lock("bash")
    known = [
        rootfs_inputs("a", ("main",), declared=declared, lock=found)
        for found in (lock, None, replace(lock, declared=("zsh",)))
    ]
    assert known[1]["package:bash"] == "open"
    assert known[1] == known[2] != known[0]


OURS = ("ansible.cfg", "linux.yml", "settings.py", "settings.py")
VM = ("azure-apply.sh.j2", "azure-arm.pkr.hcl.j2", "generalise.sh")
WINDOWS = (
    "ansible.cfg",
    "azure-apply-windows.sh.j2",
    "azure-arm.pkr.hcl.j2",
    "sysprep.ps1",
    "windows.yml",
    "windows_origin.yml",
    "windows_package.yml",
    "windows_packages.yml",
    "windows_probe.yml",
    "winrm.ps1",
)


@pytest.mark.parametrize(
    ("image", "target", "files"),
    [
        ("tiny-cpu", "local", (*OURS, "layer.pkr.hcl.j2")),
        ("tiny-cpu", "cloud", (*OURS, *VM)),
        ("panes-cpu", "cloud", WINDOWS),
    ],
    ids=["in a container", "on a VM", "Windows"],
)
def test_a_layer_reads_the_files_of_its_kind_of_build(
    tmp_path: Path, image: str, target: str, files: tuple[str, ...]
) -> None:
    """Not one too few: what is not an input is not laid beside the playbook either."""
    catalog = azure_builds.with_target(tmp_path, changes=azure_builds.on_windows("base"))
    found = planning.plan(catalog, catalog.images[image], lock=checkout.lock(), target=target)
    layer = makers.by_name(found)["base"]
    shared = [key for key in layer.inputs if key.startswith("file:") and "roles/" not in key]
    assert sorted(key.rpartition("/")[2] for key in shared) == sorted(files)
