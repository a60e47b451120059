"""The same content and the same disk by what else a user would pick: a shell's commands, a Dockerfile.

No checks, no settings, no units, no left-overs swept: what these do is less than what burnish does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import images
from burnish.build import disk_script, grub, tools
from burnish.build.tools import Tools
from burnish.lock.wheels import uv
from burnish.model.disk import DiskIds, DiskRecipe
from content import Content
from timing import Log

SUITE = "compare"
EFI = {
    "shim.efi": "usr/lib/shim/shimx64.efi.signed",
    "mok.efi": "usr/lib/shim/mmx64.efi.signed",
    "grub.efi": "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
}
INSTALL = """\
set -eu
PATH=/usr/local/bin:$PATH
uv venv -q --no-project --python /usr/bin/python3 /opt/{name}
uv pip sync -q --require-hashes --no-build --compile-bytecode --python /opt/{name}/bin/python {file}
"""
DOCKERFILE = """\
FROM {base}
COPY packages.txt /tmp/bench/
RUN apt-get -qq update \\
 && export DEBIAN_FRONTEND=noninteractive \\
 && apt-get -qq install -y --no-install-recommends $(cat /tmp/bench/packages.txt) \\
 && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY uv /usr/local/bin/uv
{steps}
"""
STEP = """\
COPY {name}.sh {name}.txt ca.crt /tmp/bench/
RUN {env} sh /tmp/bench/{name}.sh
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A folder of one's own, the disk tools, and the log of measurements."""

    work: Path
    tools: Tools
    log: Log

    def run(self, *argv: str, env: dict[str, str] | None = None) -> None:
        """Run a command; what it prints is shown if it fails."""
        path = self.work / "commands.log"
        with path.open("wb") as log:
            done = subprocess.run(
                argv,
                check=False,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
            )
        if done.returncode:
            tail = "".join(path.read_text(errors="replace").splitlines(keepends=True)[-20:])
            raise SystemExit(f"{argv[0]} ended with {done.returncode}:\n{tail}")


def environment(ca: str) -> dict[str, str]:
    """What uv is told: no cache, this machine's index and certificates."""
    kept = {k: v for k, v in os.environ.items() if k.startswith(("UV_", "PIP_", "HTTP", "http"))}
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or ""
    return {
        **kept,
        "UV_NO_CACHE": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "SSL_CERT_FILE": ca,
        **({"UV_DEFAULT_INDEX": index} if index else {}),
    }


def shell(place: Place, what: Content, *, scenario: str) -> None:
    """mmdebstrap with every package, uv in a chroot, the disk from the tree."""
    root = place.work / "root"
    shutil.rmtree(root, ignore_errors=True)
    with place.log.phase(SUITE, "shell", scenario=scenario, phase="packages"):
        place.run(
            "mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(what.packages)}",
            *_hooks(what), what.suite, str(root),
        )  # fmt: skip
    with place.log.phase(SUITE, "shell", scenario=scenario, phase="python"):
        (root / "tmp/bench").mkdir()
        shutil.copy(uv(), root / "usr/local/bin/uv")
        shutil.copy(_ca(), root / "tmp/bench/ca.crt")
        # systemd-resolved made it a link to what only a running one brings
        (root / "etc/resolv.conf").unlink(missing_ok=True)
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        for name, text in what.environments.items():
            (root / f"tmp/bench/{name}.txt").write_text(text, encoding="utf-8")
            script = INSTALL.format(name=name, file=f"/tmp/bench/{name}.txt")
            place.run("chroot", str(root), "sh", "-c", script, env=environment("/tmp/bench/ca.crt"))
        shutil.rmtree(root / "tmp/bench")
    with place.log.phase(SUITE, "shell", scenario=scenario, phase="disk"):
        boot_files(place.work, lambda path: (root / path).read_bytes(), recipe=recipe(what))
        to_disk(place.work, recipe=recipe(what), use=place.tools, tree=True)


def docker(place: Place, what: Content, *, scenario: str) -> None:
    """A base by mmdebstrap, a Dockerfile of one step for each kind, an export, the disk from its tar."""
    if scenario == "cold":
        images.forget("bench")
        with place.log.phase(SUITE, "docker", scenario=scenario, phase="base"):
            tar = place.work / "base.tar"
            place.run(
                "mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(what.base)}",
                *_hooks(what), what.suite, str(tar),
            )  # fmt: skip
            place.run("docker", "import", str(tar), "bench/base")
    _context(place.work / "context", what)
    with place.log.phase(SUITE, "docker", scenario=scenario, phase="build"):
        build = ("docker", "build", "--quiet", "--tag", "bench/image", str(place.work / "context"))
        place.run(*build, env={"DOCKER_BUILDKIT": "0"})
    tar = place.work / "root.tar"
    with place.log.phase(SUITE, "docker", scenario=scenario, phase="export"):
        export("bench/image", tar)
    with place.log.phase(SUITE, "docker", scenario=scenario, phase="disk"):
        boot_files(place.work, partial(member, tar), recipe=recipe(what))
        to_disk(place.work, recipe=recipe(what), use=place.tools)


def _context(folder: Path, what: Content) -> None:
    folder.mkdir(exist_ok=True)
    texts = {"packages.txt": "\n".join(what.packages) + "\n"}
    steps = ""
    for name, requirements in what.environments.items():
        texts[f"{name}.txt"] = requirements
        texts[f"{name}.sh"] = INSTALL.format(name=name, file=f"/tmp/bench/{name}.txt")
        env = " ".join(f"{key}={value}" for key, value in environment("/tmp/bench/ca.crt").items())
        steps += STEP.format(name=name, env=env)
    texts["Dockerfile"] = DOCKERFILE.format(base="bench/base", steps=steps)
    for name, text in texts.items():
        path = folder / name
        # Docker's cache asks for content, and an unchanged file keeps its time
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for source, name in ((uv(), "uv"), (_ca(), "ca.crt")):
        if not (folder / name).is_file():
            shutil.copy(source, folder / name)


def recipe(what: Content) -> DiskRecipe:
    """A disk of that size, for machines with UEFI."""
    return DiskRecipe(ids=DiskIds.from_seed("bench"), epoch=what.epoch, size=what.size, bios=False)


def boot_files(folder: Path, read: Callable[[str], bytes], *, recipe: DiskRecipe) -> None:
    """What the disk tools want beside the files: `read` gives the boot loaders' bytes by path."""
    boot = folder / "boot"
    boot.mkdir(exist_ok=True)
    for name, path in EFI.items():
        (boot / name).write_bytes(read(path))
    (boot / "vendor").write_text("debian", encoding="utf-8")
    (boot / "stub.cfg").write_text(grub.stub(recipe.ids.root), encoding="utf-8")


def to_disk(folder: Path, *, recipe: DiskRecipe, use: Tools, tree: bool = False) -> None:
    """The disk tools by hand, the raw disk's hash, and its qcow2; from root.tar, or the tree `root`."""
    script = disk_script.render(recipe)
    if tree:
        script = script.replace("-d - ", "-d /in/root ").replace(" < /in/root.tar", " </dev/null")
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    tools.run(use, f"{script}\nsha256sum disk.raw\n", source=folder, out=out)


def export(image: str, tar: Path) -> None:
    """The files of an image, by a container that goes again."""
    name = images.docker("create", image, "true").strip()
    try:
        images.docker("export", "--output", str(tar), name)
    finally:
        images.docker("rm", name)


def _hooks(what: Content) -> tuple[str, ...]:
    merged = "usr-is-merged" in what.packages
    return ("--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr",) if merged else ()


def member(tar: Path, path: str) -> bytes:
    """A file in a tar."""
    return subprocess.run(
        ["tar", "--extract", "--to-stdout", "--file", str(tar), path],
        check=True,
        capture_output=True,
    ).stdout


def _ca() -> str:
    return os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt"
