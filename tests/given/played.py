"""Gives the role rstudio an image to stand in where its publisher can't be reached.

The package is a fixture made here and says so. The image lies in a folder of its own, over this checkout:
no image of ours ever has it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from burnish import pipeline
from burnish.cli.context import Context
from burnish.model.plan import Plan
from burnish.model.site import DownloadMirror
from burnish.pipeline import Options, World
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).with_name("rstudio")
ROLE, IMAGE, PINNED = "rstudio", "debian-12-rstudio-fixture", "debian-12-cpu"
VERSION = "0.0.1+fixture"
EPOCH = 1_760_000_000
SERVER = "usr/lib/rstudio-server"
FILES = {
    "DEBIAN/postinst": ("postinst.sh", 0o755),
    f"{SERVER}/bin/rserver": ("rserver.py", 0o755),
    f"{SERVER}/bin/rstudio-server": ("rstudio-server.sh", 0o755),
    f"{SERVER}/extras/init.d": ("init.sh", 0o644),
}
CONTROL = f"""\
Package: rstudio-server
Version: {VERSION}
Architecture: amd64
Maintainer: burnish <burnish@example.invalid>
Depends: psmisc, libapparmor1, libedit2, sudo, lsb-release, libssl-dev, libclang-dev, libsqlite3-0, libpq5
Description: a fixture that plays RStudio Server in burnish's tests
"""
SOURCE = "https://fixture.invalid/rstudio"
PROFILE = """\
name: rstudio-fixture
extends: base
layers:
  - id: r
    after: base
    roles: [r]
  - id: rstudio
    after: r
    roles: [rstudio]
    vars:
      rstudio_version: {version}
      rstudio_source: {source}
      rstudio_sha256: {sha256}
"""


def world(folder: Path) -> World:
    """A world that has the image IMAGE, whose layer `rstudio` is made of the fixture."""
    package = deb(folder)
    sha256 = hashlib.sha256(package.read_bytes()).hexdigest()
    over = folder / "over"
    texts = {
        f"images/{IMAGE}.yaml": _renamed("images", PINNED).replace(
            "profile: data-science", "profile: rstudio-fixture"
        ),
        f"locks/{IMAGE}.lock.yaml": _renamed("locks", f"{PINNED}.lock"),
        "profiles/rstudio-fixture.yaml": PROFILE.format(
            version=VERSION, source=SOURCE, sha256=sha256
        ),
    }
    for name, text in texts.items():
        path = over / "packer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = Context(roots=(ROOT, over), debug=False, story=Console(stderr=True)).world()
    site = replace(made.site, downloads=DownloadMirror(mirror=str(folder / "mirror")))
    return replace(made, site=site)


def deb(folder: Path) -> Path:
    """The package, the same bytes each time, where a mirror of downloads has the publisher's."""
    tree = folder / "deb"
    for name, (program, mode) in FILES.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROGRAMS / program, path)
        path.chmod(mode)
    (tree / "DEBIAN" / "control").write_text(CONTROL, encoding="utf-8")
    name = f"rstudio-server-{VERSION.replace('+', '-')}-amd64.deb"
    path = folder / "mirror" / SOURCE.removeprefix("https://") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", tree, path],
        check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
    )  # fmt: skip
    return path


@dataclass(frozen=True, kw_only=True)
class Played:
    """The image as far as it was built."""

    plan: Plan
    image: str


def build(folder: Path) -> Played:
    """Build the image up to the fixture's layer, which stays on top."""
    ours = replace(world(folder), options=Options(until=ROLE))
    plan = pipeline.start(ours, pipeline.plan(ours, pipeline.pick(ours, IMAGE))).plan
    (layer,) = (each for each in plan.layers if each.name == ROLE)
    return Played(plan=plan, image=ours.store.tag(layer.id))


def plays(role: str, *, image: str) -> bool:
    """Whether a fixture must play the role, because that image of ours has to do without it."""
    if role != ROLE:
        return False
    ours = Context(roots=(ROOT,), debug=False, story=Console(stderr=True)).world()
    return ROLE not in pipeline.plan(ours, pipeline.pick(ours, image)).roles


def _renamed(kind: str, name: str) -> str:
    """A definition of ours under the fixture's name."""
    text = (ROOT / "packer" / kind / f"{name}.yaml").read_text(encoding="utf-8")
    return text.replace(PINNED, IMAGE)
