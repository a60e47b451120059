"""A small checkout that the real engine builds: real Docker, Packer, Ansible and mmdebstrap.

Its base has Python and no kernel, its layers write one file each, so that a layer costs seconds.
Store, tags and gallery are its own. Programs that a build may start are counted by shims on PATH.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import checkout

IMAGE = "tiny-cpu"
BURNISH = str(Path(sys.executable).with_name("burnish"))
COUNTED = ("docker", "mmdebstrap", "packer", "qemu-system-x86_64")
LAYERS = ("rootfs", "one", "two", "seal")

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
    cpu: [usr-is-merged]
    gpu: [usr-is-merged]
  include: [python3]
marketplace:
  publisher: Debian
  offer: tiny
  sku: tiny-gen2
"""
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
        "packer/profiles/stack.yaml": PROFILE,
        "packer/tools.yaml": (checkout.REPOSITORY / "packer/tools.yaml").read_text("utf-8"),
    }
    for name in ("one", "two", "seal"):
        changes |= checkout.role(name)
        changes[f"roles/{name}/tasks/main.yml"] = TASKS.format(name=name)
        changes[f"roles/{name}/files/content"] = name
    return changes


@dataclass(frozen=True, kw_only=True)
class Factory:
    """A root and the environment that burnish is called in."""

    root: Path
    env: Mapping[str, str]
    shims: Path = field(default=Path())

    def burnish(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """Run `burnish` to its end."""
        done = subprocess.run(
            [BURNISH, "--root", str(self.root), *arguments],
            env={**self.env, **(env or {})},
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def build(self, *arguments: str, until: str = "layers", **env: str) -> Done:
        """`burnish build` up to the last layer."""
        return self.burnish("build", IMAGE, "--until", until, *arguments, env=env)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `burnish` as a user's shell would, in a session of its own."""
        return subprocess.Popen(
            [BURNISH, "--root", str(self.root), *arguments],
            env=self.env,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

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

    def content(self, layer: str, path: str = "") -> str:
        """A file of a layer's image."""
        return docker("run", "--rm", self.tag(layer), "cat", path or f"/opt/{layer}")

    def edit(self, name: str, *, old: str = "", new: str = "# changed\n") -> None:
        """Change a file of the checkout."""
        checkout.edit(self.root, name, old=old, new=new)

    def counted(self) -> dict[str, int]:
        """How often each program was started since the last call."""
        log = self.shims / "log"
        words = log.read_text("utf-8").split("\n") if log.is_file() else []
        log.unlink(missing_ok=True)
        return {name: sum(word.split(" ")[0] == name for word in words) for name in COUNTED}

    def leftovers(self) -> list[str]:
        """Containers of this prefix and half-made files of the store."""
        prefix = self.env["BURNISH_PREFIX"]
        shown = docker("ps", "--all", "--format", "{{.Image}} {{.Names}}").splitlines()
        store = Path(self.env["BURNISH_STORE"])
        parts = [path for path in store.rglob(".*") if path.is_file() and "uv" not in path.parts]
        return [*(line for line in shown if prefix in line), *map(str, parts)]


@dataclass(frozen=True)
class Done:
    """What came of a call."""

    code: int
    out: str
    err: str

    @property
    def built(self) -> list[str]:
        """The layers that it built, in order."""
        return re.findall(r"✓ layer (\S+)", self.err)


def docker(*arguments: str) -> str:
    """Standard output of a call of Docker."""
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout


def forget(prefix: str) -> None:
    """Remove every image whose name begins so."""
    shown = docker("images", "--format", "{{.Repository}}:{{.Tag}}", f"{prefix}/*").split()
    docker("rmi", "--force", *shown)


def await_line(child: subprocess.Popen[str], text: str, *, then: float = 0.0) -> str:
    """Read a child's story up to a line that holds `text`; then wait some seconds."""
    assert child.stderr is not None
    said = ""
    for line in child.stderr:
        said += line
        if text in line:
            time.sleep(then)
            return said
    raise AssertionError(f"{text!r} never came:\n{said}")


def end(child: subprocess.Popen[str], number: signal.Signals) -> Done:
    """Send a signal to burnish alone, and wait."""
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    return Done(child.returncode, out, err)


def make(folder: Path) -> Factory:
    """A factory below `folder`, nothing built yet."""
    root = checkout.write(folder / "root", changes=definitions())
    for name in ("base", "python", "extra", "helper"):
        shutil.rmtree(root / "roles" / name)
    shutil.copy(checkout.REPOSITORY / "scripts/requirements.txt", root / "scripts")
    shims = folder / "shims"
    shims.mkdir()
    for name in COUNTED:
        if real := shutil.which(name):
            script = f'#!/bin/sh\necho "{name} $*" >> {shims}/log\nexec {real} "$@"\n'
            (shims / name).write_text(script, encoding="utf-8")
            (shims / name).chmod(0o755)
    return Factory(root=root, env=environment(folder, shims), shims=shims)


def environment(folder: Path, shims: Path) -> dict[str, str]:
    """This process's environment with a store, a gallery and tags of our own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BURNISH_")}
    return {
        **kept,
        "PATH": f"{shims}:{kept['PATH']}",
        "BURNISH_STORE": str(folder / "store"),
        "BURNISH_GALLERY": str(folder / "gallery"),
        "BURNISH_PREFIX": f"e2e-{os.getpid()}",
        "COLUMNS": "200",
    }


def copy(of: Factory, folder: Path, *, mark: str) -> Factory:
    """The same store with a checkout of its own, whose layers nobody else has."""
    root = folder / "root"
    shutil.copytree(of.root, root, ignore=shutil.ignore_patterns("work", "logs"))
    shims = folder / "shims"
    shims.mkdir()
    for path in of.shims.iterdir():
        if path.name != "log":
            text = path.read_text("utf-8").replace(str(of.shims), str(shims))
            (shims / path.name).write_text(text, encoding="utf-8")
            (shims / path.name).chmod(0o755)
    env = {**of.env, "PATH": of.env["PATH"].replace(str(of.shims), str(shims))}
    made = Factory(root=root, env=env, shims=shims)
    made.edit("roles/one/files/content", new=f" {mark}")
    return made
