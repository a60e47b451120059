"""A small checkout that the real engine builds: real Docker, Packer, Ansible and mmdebstrap.

Its base has Python and no kernel, its layers write one file each, so that a layer costs seconds.
Store, tags and gallery are its own. Programs that a build may start are counted by shims on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import checkout
import shims
from burnish import pipeline
from burnish.model.protocols import Silent
from burnish.pipeline import Place
from called import Burnish, Done
from images import docker
from surroundings import without_ours

IMAGE = "tiny-cpu"
LAYERS = ("rootfs", "one", "two", "seal")

# without a kernel, which nothing below the disk needs
BASE = checkout.BASE.replace("linux-image-cloud", "usr-is-merged").replace(
    "[bash]", "[python3, python3-apt]"
)
PROFILE = """\
name: stack
layers:
  - id: one
    roles: [one]
  - id: two
    roles: [two]
  - id: seal
    roles: [seal]
"""
TASKS = """\
- name: Write what the role brings
  ansible.builtin.copy:
    src: content
    dest: /opt/{name}
    mode: "0644"
"""


def definitions() -> dict[str, str]:
    """What differs from the checkout that unit tests use."""
    changes = {
        **{
            path.relative_to(checkout.REPOSITORY).as_posix(): path.read_text("utf-8")
            for path in (checkout.REPOSITORY / "ansible").rglob("*.*")
            if path.suffix in (".cfg", ".py", ".yml")
        },
        "packer/bases/tiny.yaml": BASE,
        "packer/gates/small.yaml": "name: small\n",
        "packer/profiles/stack.yaml": PROFILE,
        "packer/tools.yaml": (checkout.REPOSITORY / "packer/tools.yaml").read_text("utf-8"),
    }
    for name in ("one", "two", "seal"):
        changes |= checkout.role(name)
        changes[f"roles/{name}/tasks/main.yml"] = TASKS.format(name=name)
        changes[f"roles/{name}/files/content"] = name
    return changes


@dataclass(frozen=True, kw_only=True)
class Factory(Burnish):
    """A checkout and the environment that burnish is called in, with the shims first on its PATH."""

    shims: Path

    @property
    def root(self) -> Path:
        """The checkout."""
        return self.roots[0]

    def build(self, *arguments: str, until: str = "layers", **env: str) -> Done:
        """`burnish build` up to the last layer."""
        return self.burnish("build", IMAGE, "--until", until, *arguments, env=env)

    def plan(self) -> dict[str, bool]:
        """Layer -> whether the store has it."""
        done = self.burnish("plan", IMAGE, "--json")
        assert done.code == 0, done.err
        layers: list[dict[str, Any]] = json.loads(done.out)["layers"]
        return {layer["name"]: layer["cached"] for layer in layers}

    def tag(self, layer: str) -> str:
        """The Docker tag of a layer."""
        done = self.burnish("plan", IMAGE, "--json")
        layers = json.loads(done.out)["layers"]
        (found,) = [each["id"] for each in layers if each["name"] == layer]
        return f"{self.env['BURNISH_PREFIX']}/layer:{found[:32]}"

    def tools(self) -> str:
        """The Docker tag of the disk tools' image."""
        place = Place(here=self.root, roots=self.roots, environment=self.env, now=datetime.now(UTC))
        world = pipeline.open_world(place, monitor=Silent(), options=pipeline.Options())
        tools = pipeline.plan(world, pipeline.pick(world, IMAGE)).tools
        assert tools
        return world.store.tag(tools.id)

    def content(self, layer: str, path: str = "") -> str:
        """A file of a layer's image."""
        return docker("run", "--rm", self.tag(layer), "cat", path or f"/opt/{layer}")

    def edit(self, name: str, *, old: str = "", new: str = "# changed\n") -> None:
        """Change a file of the checkout."""
        checkout.edit(self.root, name, old=old, new=new)

    def counted(self) -> dict[str, int]:
        """How often each program was started since the last call."""
        names = [call.split(" ")[0] for call in shims.calls(self.shims)]
        return {name: names.count(name) for name in shims.COUNTED}

    def leftovers(self) -> list[str]:
        """Containers of this prefix and half-made files of the store."""
        prefix = self.env["BURNISH_PREFIX"]
        shown = docker("ps", "--all", "--format", "{{.Image}} {{.Names}}").splitlines()
        store = Path(self.env["BURNISH_STORE"])
        parts = [path for path in store.rglob(".*") if path.is_file() and "uv" not in path.parts]
        return [*(line for line in shown if prefix in line), *map(str, parts)]


def make(folder: Path) -> Factory:
    """A factory below `folder`, nothing built yet."""
    root = checkout.write(folder / "root", changes=definitions())
    for name in ("base", "python", "extra", "helper"):
        shutil.rmtree(root / "roles" / name)
    shutil.copy(checkout.REPOSITORY / "scripts/requirements.txt", root / "scripts")
    first = shims.write(folder / "shims")
    return Factory(roots=(root,), env=environment(folder, first), shims=first, patience=600)


def environment(folder: Path, first: Path) -> dict[str, str]:
    """This process's environment with a store, a gallery and tags of our own."""
    kept = without_ours(os.environ)
    return {
        **kept,
        "PATH": f"{first}:{kept['PATH']}",
        "BURNISH_STORE": str(folder / "store"),
        "BURNISH_GALLERY": str(folder / "gallery"),
        "BURNISH_PREFIX": f"e2e-{os.getpid()}",
        "COLUMNS": "200",
    }


def copy(of: Factory, folder: Path, *, mark: str) -> Factory:
    """The same store with a checkout of its own, whose layers nobody else has."""
    root = folder / "root"
    shutil.copytree(of.root, root, ignore=shutil.ignore_patterns("work", "logs"))
    first = shims.write(folder / "shims")
    env = {**of.env, "PATH": of.env["PATH"].replace(str(of.shims), str(first))}
    made = replace(of, roots=(root,), env=env, shims=first)
    made.edit("roles/one/files/content", new=f" {mark}")
    return made
