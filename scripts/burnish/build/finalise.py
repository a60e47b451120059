"""Takes a container's exported tar as a stream; gives a machine's tar as a stream, and its hash.

Left-overs go, what only a machine has comes, times are clamped. Nothing is ever untarred.
"""

from __future__ import annotations

import posixpath
import tarfile
from contextlib import closing
from pathlib import Path
from typing import IO, BinaryIO

from burnish.build import additions
from burnish.build.listing import entry
from burnish.build.tarstream import TarWriter, members
from burnish.errors import BuildError
from burnish.model.disk import Finalised, FinaliseRecipe, ListedFile
from burnish.model.leftovers import find

BLOCK = 4096  # of the file system that the tar will become
DAY = 86400

# Extended attributes that mean something on another machine.
_XATTRS = ("SCHILY.xattr.security.capability", "LIBARCHIVE.xattr.security.capability")

# Boot files taken out on the way: name -> where distributions keep it, the best first.
BOOT_FILES = {
    "shim.efi": (
        "usr/lib/shim/shimx64.efi.signed",
        "usr/lib/shim/shimx64.efi.signed.latest",
        "usr/lib/shim/shimx64.efi.dualsigned",
    ),
    "mok.efi": ("usr/lib/shim/mmx64.efi.signed", "usr/lib/shim/mmx64.efi"),
    "grub.efi": (
        "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
        "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed.latest",
    ),
    "boot.img": ("usr/lib/grub/i386-pc/boot.img",),
}
_WANTED = frozenset(path for paths in BOOT_FILES.values() for path in paths)
_OS_RELEASE = "usr/lib/os-release"
_SHADOW = "etc/shadow"
_READ = frozenset({*_WANTED, _OS_RELEASE, _SHADOW})


def finalise(source: BinaryIO, sink: BinaryIO, *, recipe: FinaliseRecipe, boot: Path) -> Finalised:
    """Filter `source` into `sink`; boot loaders found on the way are written to the folder `boot`.

    Raises BuildError if the tar is cut off, holds no kernel, or links to a left-over.
    """
    with closing(TarWriter(sink)) as out:
        work = _Filter(out, recipe=recipe)
        try:
            with members(source) as (content, stream):
                for member in stream:
                    work.take(member, content)
        except (tarfile.TarError, EOFError) as error:
            text = f"the container's files could not be read to the end: {error}"
            raise BuildError(text) from error
        finalised = work.finish()
    for name, paths in BOOT_FILES.items():
        found = next((work.captured[path] for path in paths if path in work.captured), None)
        if found is not None:
            (boot / name).write_bytes(found)
    return finalised


def clamp_shadow(text: bytes, epoch: int) -> bytes:
    """`/etc/shadow` with no password change later than the day of `epoch`."""
    lines = [line.split(b":") for line in text.splitlines()]
    for fields in lines:
        if len(fields) > 2 and fields[2].isdigit() and int(fields[2]) > epoch // DAY:
            fields[2] = str(epoch // DAY).encode()
    return b"".join(b":".join(fields) + b"\n" for fields in lines)


class _Filter:
    """One pass over a tar: decides, member by member, and remembers what the end needs."""

    def __init__(self, out: TarWriter, *, recipe: FinaliseRecipe) -> None:
        self._recipe = recipe
        self._out = out
        self._files: dict[str, ListedFile] = {}
        self._written = additions.always(recipe)
        self._directories: set[str] = set()
        self._dropped: set[str] = set()
        self._seen: set[str] = set()
        self._blocks = 0
        self.captured: dict[str, bytes] = {}

    def take(self, member: tarfile.TarInfo, content: IO[bytes]) -> None:
        """Drop, change or pass on one member."""
        name = posixpath.normpath(member.name).lstrip("/")
        if name == ".":
            return
        leftover = find(name, directory=member.isdir())
        if name in self._written or name == additions.MENU or leftover is not None:
            if member.isreg():
                self._dropped.add(name)
            return
        if member.islnk():
            self._check_link(name, member.linkname)
        self._notice(name, member)
        if not member.isreg():
            self._add(name, member)
        elif name in _READ:
            self._add(name, member, content=self._keep(name, content.read(member.size)))
        else:
            self._clean(name, member)
            self._pass(member, content)

    def finish(self) -> Finalised:
        """Write what only a machine has, and the end of the tar."""
        release = additions.os_release(self.captured.get(_OS_RELEASE, b"").decode())
        title = release.get("PRETTY_NAME", "Linux")
        seen = frozenset(self._seen)
        self._written[additions.MENU], kernels = additions.menu(
            seen, title=title, recipe=self._recipe
        )
        if additions.GRUB_CLOUD in seen:
            self._written[additions.GRUB_CLOUD_FLAG] = ""
        for name, mode in additions.DIRECTORIES.items():
            self._directory(name, mode)
        for name, text in sorted(self._written.items()):
            self._text(name, text)
        self._resolver(seen)
        self._out.end()
        return Finalised(
            sha256=self._out.sha256,
            members=self._out.members,
            bytes=self._out.bytes,
            blocks=self._blocks,
            vendor=release.get("ID", "debian"),
            title=title,
            kernels=kernels,
            written=dict(sorted(self._written.items())),
            files=tuple(self._files[name] for name in sorted(self._files)),
        )

    def _keep(self, name: str, content: bytes) -> bytes:
        if name == _SHADOW:
            return clamp_shadow(content, self._recipe.epoch)
        self.captured[name] = content
        return content

    def _notice(self, name: str, member: tarfile.TarInfo) -> None:
        if member.isdir():
            self._directories.add(name)
        elif name.startswith("boot/") or name in {additions.RESOLVED, additions.GRUB_CLOUD}:
            self._seen.add(name)

    def _check_link(self, name: str, target: str) -> None:
        # the link carries no bytes of its own: with its target gone it would be a broken file
        if posixpath.normpath(target).lstrip("/") in self._dropped:
            raise BuildError(
                f"'/{name}' is a hard link to '/{target}', which is a left-over of the build",
                hint="let the role that makes it write a file of its own",
            )

    def _add(self, name: str, member: tarfile.TarInfo, *, content: bytes = b"") -> None:
        if member.isreg():
            member.size = len(content)
        self._clean(name, member)
        self._pass(member, content)

    def _pass(self, member: tarfile.TarInfo, content: IO[bytes] | bytes) -> None:
        self._files[member.name] = entry(member, self._out.add(member, content))

    def _clean(self, name: str, member: tarfile.TarInfo) -> None:
        member.name = name
        member.mtime = min(int(member.mtime), self._recipe.epoch)
        member.uname = member.gname = ""
        headers = member.pax_headers
        member.pax_headers = {k: headers[k] for k in _XATTRS if k in headers} if headers else {}
        self._blocks += -(-member.size // BLOCK) if member.isreg() else member.isdir()

    def _directory(self, name: str, mode: int = 0o755) -> None:
        if name in self._directories:
            return
        if parent := posixpath.dirname(name):
            self._directory(parent)
        self._directories.add(name)
        self._add(name, self._new(name, kind=tarfile.DIRTYPE, mode=mode))

    def _text(self, name: str, text: str) -> None:
        if parent := posixpath.dirname(name):
            self._directory(parent)
        self._add(name, self._new(name, kind=tarfile.REGTYPE, mode=0o644), content=text.encode())

    def _resolver(self, seen: frozenset[str]) -> None:
        # the engine's mount left an empty file where the distribution may want a link
        if additions.RESOLVED not in seen:
            self._text("etc/resolv.conf", "")
            return
        link = self._new("etc/resolv.conf", kind=tarfile.SYMTYPE, mode=0o777)
        link.linkname = additions.RESOLVED_STUB
        self._add(link.name, link)

    def _new(self, name: str, *, kind: bytes, mode: int) -> tarfile.TarInfo:
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.mtime = kind, mode, self._recipe.epoch
        return info
