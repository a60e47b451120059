"""Gives an old Julia in its publisher's form, packages that play the registry's, and the profile.

It is Debian 11's, a real one; its folder says that it is a fixture. No archive has one that is newer.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from burnish.errors import BuildError, ToolError
from burnish.lock.archive import Release, open_archive
from burnish.model.base import Rootfs
from burnish.pipeline import World

HERE = Path(__file__).with_name("julia")
VERSION, NAME = "1.5.3", "julia-1.5.3"
SOURCE, SERVER = "https://fixture.invalid/julia", "https://fixture.invalid/packages"
SUITE = Rootfs(suite="bullseye", components=("main",), keyring="debian-archive-keyring", python="")
# Julia, and what of its libraries Debian 12 has no more or newer.
PACKAGES = frozenset(
    {
        *("julia", "julia-common", "libjulia1", "libbsd0", "libdsfmt-19937-1", "libedit2"),
        *("libffi7", "libgfortran5", "libgit2-1.1", "libgmp10", "libhttp-parser2.9", "libllvm9"),
        *("libmbedcrypto3", "libmbedtls12", "libmbedx509-0", "libmd0", "libmpfr6", "libopenlibm3"),
        *("libpcre2-8-0", "libpcre3", "libquadmath0", "libssh2-1", "libunwind8", "libutf8proc2"),
        "libz3-4",
    }
)


def profile(folder: Path, world: World) -> str:
    """The profile whose layer `julia` is made of the fixture. Without Debian 11 the test is skipped."""
    try:
        tarball(folder, world)
    except (BuildError, ToolError) as error:
        pytest.skip(f"no Julia to play with: {error}")
    packages = [package(path, folder) for path in sorted(HERE.glob("*/Project.toml"))]
    artifact = packed(HERE / "artifact", folder, place=f"{SERVER}/artifact")
    given = {
        "julia_version": VERSION,
        "julia_source": SOURCE,
        "julia_package_server": SERVER,
        "julia_packages": packages,
        "julia_artifacts": [artifact],
        "julia_precompile": True,
    }
    layer = {"id": "julia", "after": "base", "roles": ["julia"], "vars": given}
    return yaml.safe_dump({"name": "julia-fixture", "extends": "base", "layers": [layer]})


def tarball(folder: Path, world: World) -> None:
    """Julia, the same bytes each time, and the publisher's list of its checksum."""
    debs, tree = folder / "debs", folder / NAME
    release = Release(rootfs=SUITE, distribution="debian")
    archive = open_archive(release, site=world.site, folder=folder / "apt")
    found = archive.resolve(("julia",), section="the fixture of julia")
    archive.fetch([each for each in found if each.name in PACKAGES], debs, log=folder / "log")
    for path in sorted(debs.glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", path, folder / "root"], check=True)
    for name in ("bin", "lib", "share/julia"):
        shutil.copytree(folder / "root/usr" / name, tree / name, symlinks=True)
    # only its own program knows where its libraries are
    (tree / "bin/julia").rename(tree / "bin/julia-itself")
    shutil.copyfile(HERE / "julia.sh", tree / "bin/julia")
    (tree / "bin/julia").chmod(0o755)
    (tree / "FIXTURE").write_text("Debian's Julia, packed by burnish's tests\n", encoding="utf-8")
    path = _below(folder, f"{SOURCE}/linux/x64/1.5/{NAME}-linux-x86_64.tar.gz")
    tar(tree, path, inside=NAME)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    sums = _below(folder, f"{SOURCE}/checksums/{NAME}.sha256")
    sums.write_text(f"{digest}  {path.name}\n", encoding="utf-8")


def package(project: Path, folder: Path) -> dict[str, Any]:
    """A package as the role's variable has it; its archive is where the server of packages has it."""
    known = tomllib.loads(project.read_text(encoding="utf-8"))
    place = f"{SERVER}/package/{known['uuid']}"
    tree = packed(project.parent, folder, place=place)
    plain = {key: known[key] for key in ("name", "uuid", "version")}
    return {**plain, "tree": tree, "deps": known.get("deps", {})}


def packed(source: Path, folder: Path, *, place: str) -> str:
    """Pack a folder; its archive is called by its git tree, which is what Julia knows it by."""
    repository = folder / "git" / source.name
    repository.mkdir(parents=True)
    git = ["git", f"--git-dir={repository}", f"--work-tree={source}"]
    for arguments in (["init", "--quiet"], ["add", "--all", "--force"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True, cwd=source)
    done = subprocess.run([*git, "write-tree"], check=True, capture_output=True, text=True)
    tree = done.stdout.strip()
    tar(source, _below(folder, f"{place}/{tree}"), inside=".")
    return tree


def tar(source: Path, path: Path, *, inside: str) -> None:
    """An archive of a folder that is the same each time."""
    steady = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"]
    named = [f"--transform=flags=r;s,^\\.,{inside},", "--use-compress-program=gzip -1n"]
    subprocess.run(
        ["tar", "--create", *steady, *named, f"--file={path}", f"--directory={source}", "."],
        check=True,
    )


def _below(folder: Path, url: str) -> Path:
    path = folder / "mirror" / url.removeprefix("https://")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
