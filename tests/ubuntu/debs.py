"""Takes .deb files and texts; gives packages of our own and an archive's index entries for any.

Pure Python over `ar` and tar, so that an archive of hundreds of packages takes seconds and comes
out the same each time.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

MAGIC = b"!<arch>\n"


def members(deb: bytes) -> Iterator[tuple[str, bytes]]:
    """The members of an `ar` archive, in order."""
    position = len(MAGIC)
    while position < len(deb):
        header = deb[position : position + 60]
        size = int(header[48:58])
        start = position + 60
        yield header[:16].decode().strip().rstrip("/"), deb[start : start + size]
        position = start + size + size % 2


def tar_of(deb: bytes, part: str) -> tarfile.TarFile:
    """`control` or `data` of a package, opened."""
    name, content = next(pair for pair in members(deb) if pair[0].startswith(f"{part}.tar"))
    if name.endswith(".zst"):
        raise ValueError(f"{part} is zstd: the stand-in takes Debian's packages, which are xz")
    return tarfile.open(fileobj=io.BytesIO(content), mode="r:*")


def control(deb: bytes) -> str:
    """The control file of a package."""
    with tar_of(deb, "control") as archive:
        for name in ("./control", "control"):
            if name in archive.getnames():
                file = archive.extractfile(name)
                return file.read().decode() if file else ""
    raise ValueError("no control file")


def field(text: str, name: str) -> str:
    """One field of a control file; empty if it has none."""
    head = f"{name}: "
    return next(
        (line.removeprefix(head) for line in text.splitlines() if line.startswith(head)), ""
    )


def stub(fields: Mapping[str, str], files: Mapping[str, str | bytes]) -> bytes:
    """A package of those control fields, with those files (path without leading slash -> content)."""
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    folders = {parent.as_posix() for path in files for parent in Path(path).parents}
    entries = [_entry(f"./{name}/", None) for name in sorted(folders - {"."})]
    entries += [_entry(f"./{path}", _bytes(files[path])) for path in sorted(files)]
    return _deb(_tar([_entry("./control", text.encode())]), _tar(entries))


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def repacked(deb: bytes, *, version: str, files: Mapping[str, str]) -> bytes:
    """The same package under another version, with some files' text replaced or added.

    The list of checksums goes: it would not hold for them.
    """
    text = control(deb).replace(
        f"\nVersion: {field(control(deb), 'Version')}\n", f"\nVersion: {version}\n"
    )
    parts = {}
    for part, new, dropped in (
        ("control", {"control": text}, {"md5sums"}),
        ("data", dict(files), set[str]()),
    ):
        entries = []
        with tar_of(deb, part) as archive:
            for member in archive:
                if member.name.removeprefix("./") not in {*new, *dropped}:
                    file = archive.extractfile(member) if member.isfile() else None
                    entries.append((member, file.read() if file else b""))
        entries += [_entry(f"./{path}", content.encode()) for path, content in sorted(new.items())]
        parts[part] = _tar(entries)
    return _deb(parts["control"], parts["data"])


def index_entry(deb: bytes, *, pool: str) -> str:
    """A package's paragraph of a Packages file; `pool` is its path below the archive's root."""
    lines = [
        control(deb).strip(),
        f"Filename: {pool}",
        f"Size: {len(deb)}",
        f"SHA256: {hashlib.sha256(deb).hexdigest()}",
    ]
    return "\n".join(lines) + "\n"


def _entry(name: str, content: bytes | None) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.uname = info.gname = "root"
    info.mode = 0o644
    if content is None:
        info.type, info.mode = tarfile.DIRTYPE, 0o755
    return info, content or b""


def _tar(entries: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), compresslevel=1, mtime=0)


def _deb(control_tar: bytes, data_tar: bytes) -> bytes:
    parts = (
        ("debian-binary", b"2.0\n"),
        ("control.tar.gz", control_tar),
        ("data.tar.gz", data_tar),
    )
    packed = MAGIC
    for name, content in parts:
        packed += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        packed += content + b"\n" * (len(content) % 2)
    return packed
