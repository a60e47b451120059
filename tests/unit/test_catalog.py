"""Whole catalogs: every problem between definitions at once, each text as the user reads it."""

from pathlib import Path

import checkout
import pytest
from burnish.catalog.load import find_root, load
from burnish.errors import DefinitionError, UsageError

FOLDER = "expected 'folder' or 'azure'"
PROFILE = "packer/profiles/stack.yaml"
TINY = "packer/bases/tiny.yaml"
TINY_CPU = "packer/images/tiny-cpu.yaml"
CHILD = """\
name: child
extends: stack
layers:
  - id: more
    after: extra
    roles: [helper]
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout.write(tmp_path_factory.mktemp("root"))


def rows(*roots: Path) -> list[tuple[str, str]]:
    """Every problem of a catalog as it is shown, with its hint."""
    with pytest.raises(DefinitionError) as caught:
        load(roots)
    return [(str(problem), problem.hint) for problem in caught.value.problems]


def test_a_good_checkout_loads(root: Path) -> None:
    catalog = load([root])
    assert list(catalog.bases) == ["panes", "tiny"]
    assert list(catalog.images) == ["panes-cpu", "tiny-cpu", "tiny-gpu"]
    assert list(catalog.roles) == sorted(checkout.ROLES)
    assert catalog.places["images", "tiny-cpu"] == TINY_CPU
    assert catalog.tools == {"ansible": "12.3.0", "ansible-core": "2.19.14", "uv": "0.9.1"}
    assert set(catalog.suite) == {f"0:test_{name}.py" for name in ("base", "other")}
    assert "azure-arm.pkr.hcl.j2" in catalog.templates
    assert "build/disk.py" in catalog.engine


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            TINY_CPU,
            "profile: stack",
            "profile: stak",
            (
                f"{TINY_CPU}:3: profile: unknown profile 'stak'",
                "did you mean 'stack'? profiles live in packer/profiles/",
            ),
            id="misspelt profile",
        ),
        pytest.param(
            TINY_CPU,
            "base: tiny",
            "base: tinny",
            (f"{TINY_CPU}:2: base: unknown base 'tinny'", "did you mean 'tiny'?"),
            id="misspelt base",
        ),
        pytest.param(
            TINY_CPU,
            "disk_gb: 8",
            "disk_gb: 0",
            (f"{TINY_CPU}:9: disk_gb: a disk has at least 1 GiB", ""),
            id="no disk",
        ),
        pytest.param(
            TINY_CPU,
            "name: tiny-cpu",
            "name: other",
            (
                f"{TINY_CPU}:1: name: the name 'other' is not the file's",
                "name it 'tiny-cpu', or rename the file",
            ),
            id="name of another file",
        ),
        pytest.param(
            TINY,
            "    gpu: [linux-image-cloud]\n",
            "",
            (
                "packer/images/tiny-gpu.yaml:4: flavour: the base 'tiny' names no kernel for 'gpu'",
                "add rootfs.kernel.gpu to packer/bases/tiny.yaml",
            ),
            id="no kernel of that flavour",
        ),
        pytest.param(
            TINY,
            "[little]",
            "[little, windows]",
            (f"{TINY}:2: aliases[1]: the alias 'windows' belongs to 'panes' already", ""),
            id="alias clash",
        ),
        pytest.param(
            TINY,
            "[little]",
            "[panes]",
            (f"{TINY}:2: aliases[0]: the alias 'panes' belongs to 'panes' already", ""),
            id="alias that is another's name",
        ),
        pytest.param(
            PROFILE,
            "[extra]",
            "[exrta]",
            (f"{PROFILE}:13: layers[2].roles[0]: unknown role 'exrta'", "did you mean 'extra'?"),
            id="misspelt role",
        ),
        pytest.param(
            PROFILE,
            "[extra]",
            "[]",
            (f"{PROFILE}:13: layers[2].roles: a layer has at least one role", ""),
            id="layer without roles",
        ),
        pytest.param(
            PROFILE,
            "base_locale",
            "base_local",
            (
                f"{PROFILE}:6: layers[0].vars.base_local: unknown variable of base 'base_local'",
                "did you mean 'base_locale'?",
            ),
            id="misspelt variable",
        ),
        pytest.param(
            PROFILE,
            "id: extra",
            "id: base",
            (f"{PROFILE}:12: layers[2].id: the layer 'base' stands here twice", ""),
            id="layer twice",
        ),
        pytest.param(
            PROFILE,
            "id: extra\n",
            "id: extra\n    after: pyhton-ml\n",
            (
                f"{PROFILE}:13: layers[2].after: unknown layer 'pyhton-ml'",
                "did you mean 'python-ml'?",
            ),
            id="after nothing",
        ),
        pytest.param(
            PROFILE,
            "name: stack",
            "name: stack\nextends: stakc",
            (f"{PROFILE}:2: extends: unknown profile 'stakc'", "did you mean 'stack'?"),
            id="extends nothing",
        ),
        pytest.param(
            PROFILE,
            "name: stack",
            "name: stack\nextends: stack",
            (f"{PROFILE}:2: extends: profiles extend each other in a circle: stack -> stack", ""),
            id="extends itself",
        ),
        pytest.param(
            "roles/extra/tasks/more.yml",
            "name: helper",
            "name: helpr",
            (
                "roles/extra/tasks: unknown role 'helpr' is included",
                "did you mean 'helper'?",
            ),
            id="included role",
        ),
        pytest.param(
            "roles/extra/facts.yml",
            "paths",
            "path",
            ("roles/extra/facts.yml:2: path: unknown key 'path'", "did you mean 'paths'?"),
            id="facts of a role",
        ),
        pytest.param(
            "roles/seal/meta/argument_specs.yml",
            "main:",
            "mane:",
            ("roles/seal/meta/argument_specs.yml:1: expected argument_specs.main.options", ""),
            id="contract of a role",
        ),
        pytest.param(
            "packer/tools.yaml",
            "suite",
            "suit",
            ("packer/tools.yaml:1: suit: unknown key 'suit'", "did you mean 'suite'?"),
            id="tools image",
        ),
        pytest.param(
            "packer/targets/local.yaml",
            "folder",
            "foldr",
            ("packer/targets/local.yaml:2: kind: unknown value 'foldr'", FOLDER),
            id="target",
        ),
    ],
)
def test_each_mistake_has_place_and_hint(
    root: Path, file: str, old: str, new: str, expected: tuple[str, str]
) -> None:
    with checkout.edited(root, file, old=old, new=new):
        assert expected in rows(root)


def test_all_mistakes_come_at_once(root: Path) -> None:
    with (
        checkout.edited(root, TINY_CPU, old="profile: stack", new="profile: stak"),
        checkout.edited(root, PROFILE, old="[extra]", new="[exrta]"),
        checkout.edited(root, "roles/base/facts.yml", old="paths: []", new="paths: []\npaths: []"),
        checkout.edited(root, "packer/tools.yaml", old="suite: trixie", new="suite: [trixie]"),
    ):
        found = [text for text, _ in rows(root)]
    assert found[:2] == [
        f"{TINY_CPU}:3: profile: unknown profile 'stak'",
        f"{PROFILE}:13: layers[2].roles[0]: unknown role 'exrta'",
    ]
    assert found[2:] == [
        "packer/tools.yaml:1: suite: input should be a valid string, not ['trixie']",
        "roles/base/facts.yml:3: paths: the key stands here twice",
    ]


def test_profiles_in_a_circle(root: Path) -> None:
    with (
        checkout.edited(root, "packer/profiles/child.yaml", new=CHILD),
        checkout.edited(root, PROFILE, old="name: stack", new="name: stack\nextends: child"),
    ):
        text = "extends: profiles extend each other in a circle"
        assert [row for row in rows(root) if text in row[0]] == [
            (f"packer/profiles/child.yaml:2: {text}: child -> stack -> child", ""),
            (f"{PROFILE}:2: {text}: stack -> child -> stack", ""),
        ]


def test_a_layer_after_an_inherited_one_is_known(root: Path) -> None:
    with checkout.edited(root, "packer/profiles/child.yaml", new=CHILD):
        assert "child" in load([root]).profiles


def test_nothing_comes_after_seal(root: Path) -> None:
    child = CHILD.replace("after: extra", "after: seal")
    with checkout.edited(root, "packer/profiles/child.yaml", new=child):
        text = "packer/profiles/child.yaml:5: layers[0].after: 'seal' always comes last"
        assert rows(root) == [(text, "")]


@pytest.mark.parametrize("name", ["facts.yml", "meta/argument_specs.yml"])
def test_a_role_without_its_parts(tmp_path: Path, name: str) -> None:
    root = checkout.write(tmp_path)
    (root / "roles/helper" / name).unlink()
    expected = f"roles/helper/{name}: the file is missing"
    assert (expected, "CONTRIBUTING.md, `a toolchain is five things`") in rows(root)


def test_one_mistake_is_one_problem(root: Path) -> None:
    with checkout.edited(root, TINY, old="family: debian", new="family: debian\ncolour: red"):
        assert [text for text, _ in rows(root)] == [f"{TINY}:5: colour: unknown key 'colour'"]


def test_a_further_root_adds_and_replaces(root: Path, tmp_path: Path) -> None:
    extra = checkout.role("private", options="{private_size: {type: int}}")
    changes = {
        **extra,
        "packer/profiles/own.yaml": CHILD.replace("child", "own").replace("helper", "private"),
        "packer/images/own-cpu.yaml": checkout.image("own-cpu").replace("stack\n", "own\n", 1),
        "roles/extra/tasks/main.yml": "[] # ours\n",
        "roles/extra/facts.yml": checkout.FACTS,
        "roles/extra/meta/argument_specs.yml": checkout.SPEC.format(name="extra", options="{}"),
    }
    for name, text in changes.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    catalog = load([root, tmp_path])
    assert {"own-cpu", "tiny-cpu"} <= set(catalog.images)
    assert catalog.roles["private"].variables == {"private_size"}
    assert catalog.roles["extra"].path == tmp_path / "roles/extra"
    assert catalog.places["profiles", "own"] == str(tmp_path / "packer/profiles/own.yaml")


def test_root_is_the_nearest_folder_with_images(root: Path, tmp_path: Path) -> None:
    assert find_root(root / "roles" / "base") == root
    with pytest.raises(UsageError) as caught:
        find_root(tmp_path)
    assert caught.value.message == f"{tmp_path}: no packer/images here or above"
    assert "--root or BURNISH_ROOT" in caught.value.hint


def test_our_own_catalog_loads() -> None:
    catalog = checkout.real()
    assert {"debian-12", "debian-13", "ubuntu-24.04", "windows-2022"} <= set(catalog.bases)
    assert {"base", "python", "jupyter", "seal"} <= set(catalog.roles)
    assert catalog.bases["debian-12"].aliases[0] == "debian"
    assert catalog.bases["ubuntu-24.04"].aliases[0] == "ubuntu"
