"""Takes names, versions and what each needs; makes real packages of nothing, for the real resolvers."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from burnish.lock.archive import Archive, _conf
from burnish.model.site import PythonIndex, Site

Made = Iterable[tuple[str, str, str]]  # name, version, the one package that it needs


def index(folder: Path, made: Made) -> Site:
    """A site whose only Python index is a folder of these wheels."""
    place = folder / "index"
    place.mkdir()
    for name, version, needs in made:
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += f"Requires-Dist: {needs}\n" if needs else ""
        wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        with zipfile.ZipFile(place / f"{name}-{version}-py3-none-any.whl", "w") as file:
            file.writestr(f"{info}/METADATA", metadata)
            file.writestr(f"{info}/WHEEL", wheel)
            file.writestr(f"{info}/RECORD", "")
    empty = folder / "simple"
    empty.mkdir()
    return Site(python=PythonIndex(index_url=empty.as_uri(), find_links=(str(place),)))


def deb(folder: Path, name: str, *, version: str, needs: str = "") -> Path:
    """A .deb with nothing in it."""
    tree = folder / f"{name}-{version}" / "DEBIAN"
    tree.mkdir(parents=True)
    control = (
        f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: t <t@t.test>\n"
    )
    control += f"Depends: {needs}\n" if needs else ""
    (tree / "control").write_text(f"{control}Description: nothing\n", encoding="utf-8")
    path = folder / f"{name}_{version}_amd64.deb"
    _run("dpkg-deb", "--root-owner-group", "--build", str(tree.parent), str(path))
    return path


def archive(folder: Path, made: Made) -> Archive:
    """A private apt that knows an archive of these packages, in a folder."""
    pool = folder / "archive" / "pool"
    pool.mkdir(parents=True)
    stanzas = []
    for name, version, needs in made:
        path = deb(folder / "made", name, version=version, needs=needs)
        data = path.read_bytes()
        fields = _run("dpkg-deb", "--field", str(path)).rstrip("\n")
        told = (
            f"Filename: pool/{path.name}\nSize: {len(data)}\nSHA256: {sha256(data).hexdigest()}\n"
        )
        stanzas.append(f"{fields}\n{told}")
        path.rename(pool / path.name)
    (pool.parent / "Packages").write_text("\n".join(stanzas), encoding="utf-8")
    root = folder / "apt"
    for name in ("lists/partial", "archives/partial", "etc/preferences.d"):
        (root / name).mkdir(parents=True)
    (root / "status").touch()
    line = f"deb [trusted=yes] copy:{pool.parent} ./\n"
    (root / "sources.list").write_text(line, encoding="utf-8")
    conf = root / "apt.conf"
    conf.write_text(_conf(root, ca_bundle=""), encoding="utf-8")
    env = {"APT_CONFIG": str(conf), "LC_ALL": "C"}
    _run("apt-get", "-qq", "update", env=env)
    return Archive(conf=conf, urls=(f"copy:{pool.parent}",), recorded={}, env=env)


def _run(*argv: str, env: Mapping[str, str] | None = None) -> str:
    whole = {**os.environ, **(env or {})}
    done = subprocess.run(argv, check=True, capture_output=True, text=True, env=whole)
    return done.stdout
