"""Takes a folder; gives a whole checkout in small: two bases, a profile of four layers, five roles."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import makers
import pytest
from burnish.catalog.load import PLUGINS, load
from burnish.errors import DefinitionError
from burnish.model.catalog import Catalog
from burnish.model.lock import Lock
from burnish.model.plan import Plan
from burnish.plan.layers import standing_on
from burnish.stages import planning

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE = "tiny-cpu"

BASE = """\
name: tiny
aliases: [little]
os: linux
family: debian
distribution: debian
architecture: amd64
generation: V2
communicator: ssh
levels: [static, container, artifact, vm, azure]
rootfs:
  suite: bookworm
  components: [main]
  keyring: debian-archive-keyring
  python: "3.11"
  kernel:
    cpu: [linux-image-cloud]
    gpu: [linux-image-cloud]
  include: [bash]
marketplace:
  publisher: Debian
  offer: tiny
  sku: tiny-gen2
"""

PANES = """\
name: panes
aliases: [windows]
os: windows
family: windows
distribution: windows
architecture: amd64
generation: V2
communicator: winrm
levels: [static, azure]
marketplace:
  publisher: Panes
  offer: Server
  sku: panes-g2
"""

PROFILE = """\
name: stack
layers:
  - id: base
    roles: [base]
    vars:
      base_locale: C.UTF-8
  - id: python-ml
    roles: [python]
    vars:
      python_environment: ml
      python_requirements: [numpy]
  - id: extra
    roles: [extra]
  - id: seal
    roles: [seal]
"""

GATES = """\
name: small
layer_mib:
  base: 100
"""

TOOLS = """\
suite: trixie
components: [main]
keyring: debian-archive-keyring
python: "3.13"
kernel: {}
include: [mtools]
"""

SPEC = """\
argument_specs:
  main:
    short_description: {name}
    options: {options}
"""

APT = """\
- name: Install
  ansible.builtin.apt:
    name: "{{{{ {lists} }}}}"
"""

FACTS = """\
software: []
paths: []
support:
  linux_cpu: {state: "yes"}
  linux_gpu: {state: "yes"}
  windows: {state: "no", reason: not-written}
"""

ROLES: Mapping[str, str] = {
    "base": "{base_locale: {type: str}}",
    "python": "{python_environment: {type: str}, python_requirements: {type: list}}",
    "extra": "{extra_size: {type: int}}",
    "helper": "{}",
    "seal": "{}",
}


def image(name: str = IMAGE, *, base: str = "tiny", flavour: str = "cpu", disk_gb: int = 8) -> str:
    """An image definition's text."""
    return (
        f"name: {name}\nbase: {base}\nprofile: stack\nflavour: {flavour}\n"
        f"publisher: burnish\noffer: stack\nsku: {name}\nvm_size: Standard_D4s_v5\n"
        f"disk_gb: {disk_gb}\n"
    )


def texts() -> dict[str, str]:
    """Every file of the checkout, by its path."""
    found = {
        "ansible/ansible.cfg": "[defaults]\n",
        "ansible/linux.yml": "[]\n",
        "ansible/windows.yml": "[]\n",
        "ansible/windows_origin.yml": "[]\n",
        **{
            f"ansible/tasks/windows_{name}.yml": "[]\n" for name in ("package", "packages", "probe")
        },
        f"{PLUGINS}/action/settings.py": "",
        f"{PLUGINS}/modules/npm.py": "",
        f"{PLUGINS}/modules/settings.py": "",
        "packer/bases/panes.yaml": PANES,
        "packer/bases/tiny.yaml": BASE,
        "packer/images/panes-cpu.yaml": image("panes-cpu", base="panes"),
        f"packer/images/{IMAGE}.yaml": image(),
        "packer/images/tiny-gpu.yaml": image("tiny-gpu", flavour="gpu"),
        "packer/profiles/stack.yaml": PROFILE,
        "packer/gates/small.yaml": GATES,
        "packer/targets/local.yaml": "name: local\nkind: folder\n",
        "packer/tools.yaml": TOOLS,
        "scripts/requirements.txt": "ansible==12.3.0\nansible-core==2.19.14 \\\nuv==0.9.1\n",
        "tests/toolchains/test_base.py": "",
        "tests/toolchains/test_other.py": "",
    }
    for name, options in ROLES.items():
        found |= role(name, options=options)
    found["roles/extra/tasks/more.yml"] = (
        "- ansible.builtin.include_role:\n    name: helper\n    tasks_from: nothing\n"
    )
    found["roles/python/facts.yml"] += "lock: python\n"
    found["roles/base/tasks/main.yml"] = APT.format(lists="__base_packages")
    found["roles/base/vars/Debian.yml"] = "__base_packages: [jq]\n"
    return found


def role(name: str, *, options: str = "{}") -> dict[str, str]:
    """The files of a small role."""
    return {
        f"roles/{name}/README.md": f"# {name}\n",
        f"roles/{name}/facts.yml": FACTS,
        f"roles/{name}/meta/argument_specs.yml": SPEC.format(name=name, options=options),
        f"roles/{name}/tasks/main.yml": "[]\n",
    }


def write(root: Path, *, changes: Mapping[str, str] | None = None) -> Path:
    """The checkout below `root`; `changes` adds and replaces files."""
    for name, text in {**texts(), **(changes or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder = root / "packer" / "templates"
    folder.mkdir(exist_ok=True)
    for path in (REPOSITORY / "packer" / "templates").glob("*.j2"):
        shutil.copy(path, folder)
    for name in ("linux", "windows"):
        shutil.copytree(REPOSITORY / "packer" / name, root / "packer" / name, dirs_exist_ok=True)
    options = Path("packer", "azure-arm", "options.yaml")
    (root / options).parent.mkdir(exist_ok=True)
    shutil.copy(REPOSITORY / options, root / options)
    return root


def edit(root: Path, name: str, *, old: str = "", new: str = "# changed\n") -> None:
    """Replace `old` by `new` in one file, once; without `old`, append."""
    path = root / name
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    assert old in text, f"{name} holds no {old!r}"
    path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")


@contextmanager
def edited(root: Path, name: str, *, old: str = "", new: str = "# changed\n") -> Iterator[Path]:
    """The same edit, taken back at the end: one checkout serves a whole table."""
    path = root / name
    before = path.read_bytes() if path.is_file() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    edit(root, name, old=old, new=new)
    try:
        yield root
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def lock() -> Lock:
    """A lock that leaves nothing open."""
    found = makers.lock(
        image=IMAGE,
        rootfs=makers.rootfs_lock("bash", "linux-image-cloud"),
        tools=makers.rootfs_lock("mtools"),
        python={"ml": makers.python_lock("numpy")},
    )
    return replace(found, apt={"base": makers.apt_lock("jq", below=standing_on(found, []))})


def plan_of(catalog: Catalog, of: Lock | None = None, *, image: str = IMAGE) -> Plan:
    """The plan of one image."""
    return planning.plan(catalog, catalog.images[image], lock=of or lock())


def resolved(root: Path, of: Lock | None = None, *, image: str = IMAGE) -> Plan:
    """The plan of the checkout as it lies on disk now.

    The engine's own digests stand still, so that an edit of it during a test changes no id.
    """
    catalog = replace(load([root]), engine={"build/disk.py": makers.sha("engine")})
    return plan_of(catalog, of, image=image)


@cache
def real() -> Catalog:
    """The catalog of this repository, read once."""
    return load([REPOSITORY])


def problems(root: Path) -> list[str]:
    """What is wrong with a checkout that can't be planned."""
    with pytest.raises(DefinitionError) as caught:
        resolved(root)
    return [str(problem) for problem in caught.value.problems]
