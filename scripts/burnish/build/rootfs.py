"""Takes a locked root filesystem; gives its tar, made by mmdebstrap from exactly the locked .debs."""

from __future__ import annotations

import io
import shlex
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.build.repository import serve
from burnish.errors import BuildError
from burnish.model.command import Command
from burnish.model.lock import AptLock, Package

# Nothing of the system may start while an image is made; finalise takes this file out again.
POLICY = "#!/bin/sh\nexit 101\n"


@dataclass(frozen=True, kw_only=True)
class RootfsRequest:
    """What to bootstrap. `sources` are the public lines that the image keeps."""

    suite: str
    lock: AptLock
    sources: tuple[str, ...]
    debs: Mapping[Package, Path]
    scratch: Path
    log: Path


def bootstrap(request: RootfsRequest, tar: Path) -> None:
    """Write the root filesystem's tar. Raises BuildError if its packages are not the lock's."""
    scratch = request.scratch
    scratch.mkdir(parents=True, exist_ok=True)
    sources = scratch / "sources.list"
    sources.write_text("".join(f"{line}\n" for line in request.sources), encoding="utf-8")
    status = scratch / "installed"
    status.unlink(missing_ok=True)
    with serve(request.debs, folder=scratch / "repository", suite=request.suite) as line:
        command = mmdebstrap(request, tar, source=line)
        process.run(command, log=request.log)
    _compare(request.lock.packages, status.read_text(encoding="utf-8").split())
    _append(tar, "./usr/sbin/policy-rc.d", text=POLICY, epoch=request.lock.epoch)


def mmdebstrap(request: RootfsRequest, tar: Path, *, source: str) -> Command:
    """The bootstrap as a command: packages from `source` only, public sources left behind."""
    scratch = request.scratch
    names = ",".join(package.name for package in request.lock.packages)
    query = "dpkg-query --root=\"$1\" --show --showformat='${Package}=${Version}\\n'"
    hooks = (
        f"copy-in {shlex.quote(str(scratch / 'sources.list'))} /etc/apt",
        f"{query} > {shlex.quote(str(scratch / 'installed'))}",
        # the options of this bootstrap are not the image's
        'rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/apt/sources.list.d/0000*.list',
    )
    argv = (
        "mmdebstrap",
        "--variant=apt",
        *merged_usr(request.lock.packages),
        f"--include={names}",
        '--aptopt=Acquire::http::Proxy "DIRECT"',
        '--aptopt=APT::Install-Recommends "false"',
        *(f"--customize-hook={hook}" for hook in hooks),
        request.suite,
        str(tar),
        source,
    )
    # the seal makes the RAM disk, once, at the end; what is not there no trigger brings up to date
    env = {"SOURCE_DATE_EPOCH": str(request.lock.epoch), "LC_ALL": "C.UTF-8", "INITRD": "No"}
    return Command(argv=argv, env=env, timeout=3600)


def _append(tar: Path, name: str, *, text: str, epoch: int) -> None:
    # mmdebstrap takes its own policy-rc.d out at the very end, so ours can only come after it
    info = tarfile.TarInfo(name)
    info.mode, info.mtime, info.size = 0o755, epoch, len(text)
    with tarfile.open(tar, "a:") as archive:
        archive.addfile(info, io.BytesIO(text.encode()))


def merged_usr(packages: Sequence[Package]) -> tuple[str, ...]:
    """How /usr is merged before the first package, for releases that ask for `usr-is-merged`.

    They refuse a split /usr or mend it slowly; newer ones bring the links in base-files.
    """
    if not any(package.name == "usr-is-merged" for package in packages):
        return ()
    return ("--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr",)


def _compare(packages: Sequence[Package], installed: Sequence[str]) -> None:
    locked, found = {package.pin for package in packages}, set(installed)
    if locked != found:
        more, less = sorted(found - locked), sorted(locked - found)
        raise BuildError(
            f"the root filesystem is not the lock's: more {more or 'none'}, less {less or 'none'}",
            hint="resolve the lock anew with `burnish lock IMAGE`",
        )
