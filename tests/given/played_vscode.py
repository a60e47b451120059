"""Gives a package that plays VS Code, an extension for it, and the profile that has both."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from burnish.pipeline import World

PROGRAMS = Path(__file__).with_name("vscode")
VERSION = "0.0.1"
EPOCH = 1_760_000_000
TIME = (2026, 1, 1, 0, 0, 0)
FILES = {
    "DEBIAN/postinst": ("postinst.sh", 0o755),
    "DEBIAN/templates": ("templates", 0o644),
    "usr/share/code/bin/code": ("code.py", 0o755),
}
# one of its own, so that the folder is there
OWN = "usr/share/code/resources/app/extensions/python/package.json"
CONTROL = f"""\
Package: code
Version: {VERSION}-1+fixture
Architecture: amd64
Maintainer: burnish <burnish@example.invalid>
Depends: ca-certificates, libasound2, libcurl4, libgbm1, libgtk-3-0, libnss3, libxkbfile1, xdg-utils
Description: a fixture that plays VS Code in burnish's tests
"""
SOURCE = "https://fixture.invalid/vscode"
REGISTRY = "https://fixture.invalid/extensions"
EXTENSION = {"publisher": "burnish", "name": "sample", "version": "1.2.3"}
PROFILE = """\
name: vscode-fixture
extends: base
layers:
  - id: vscode
    after: base
    roles: [vscode]
    vars:
      vscode_version: {version}
      vscode_source: {source}
      vscode_extensions_source: {registry}
      vscode_extensions:
        - {{publisher: burnish, name: sample, version: 1.2.3, sha256: {sha256}}}
"""


def profile(folder: Path, world: World) -> str:
    """The profile whose layer `vscode` is made of the fixtures."""
    mirror = folder / "mirror"
    deb(folder, _at(mirror, f"{SOURCE}/{VERSION}/linux-deb-x64/stable"))
    sha256 = vsix(_at(mirror, f"{REGISTRY}/burnish/sample/1.2.3/file/burnish.sample-1.2.3.vsix"))
    return PROFILE.format(version=VERSION, source=SOURCE, registry=REGISTRY, sha256=sha256)


def deb(folder: Path, path: Path) -> None:
    """The package, the same bytes each time, and what the publisher's service says of it."""
    tree = folder / "deb"
    for name, (program, mode) in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROGRAMS / program, tree / name)
        (tree / name).chmod(mode)
    (tree / OWN).parent.mkdir(parents=True, exist_ok=True)
    own = {"publisher": "vscode", "name": "python", "version": "1.0.0"}
    (tree / OWN).write_text(json.dumps(own), encoding="utf-8")
    (tree / "DEBIAN" / "control").write_text(CONTROL, encoding="utf-8")
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", tree, path],
        check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
    )  # fmt: skip
    said = {
        "url": f"{SOURCE}/code.deb",
        "name": VERSION,
        "version": "0" * 40,
        "sha256hash": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    about = _at(folder / "mirror", f"{SOURCE}/api/versions/{VERSION}/linux-deb-x64/stable")
    about.write_text(json.dumps(said), encoding="utf-8")


def vsix(path: Path) -> str:
    """The extension, the same bytes each time; gives their sha256."""
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in {
            "extension.vsixmanifest": "<PackageManifest/>",
            "extension/package.json": json.dumps({**EXTENSION, "engines": {"vscode": "*"}}),
        }.items():
            packed.writestr(zipfile.ZipInfo(name, TIME), text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _at(mirror: Path, url: str) -> Path:
    """Where a mirror of downloads has a publisher's file."""
    path = mirror / url.removeprefix("https://")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
