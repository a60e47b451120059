"""Gives a package that plays RStudio Server, and the profile that has it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from burnish.pipeline import World

PROGRAMS = Path(__file__).with_name("rstudio")
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


def profile(folder: Path, world: World) -> str:
    """The profile whose layer `rstudio` is made of the fixture."""
    sha256 = hashlib.sha256(deb(folder).read_bytes()).hexdigest()
    return PROFILE.format(version=VERSION, source=SOURCE, sha256=sha256)


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
