"""Faults of a Windows disk that lie in its environments, its hives, and the bytes of its volume."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from burnish.model.disk import SECTOR
from windows_disk import PANTHER, SITE, START, Synthetic, wheel
from windows_faults import Fault

LOCK, FILES = "the_environment_is_its_lock[ml]", "files_are_as_installed[ml]"
INIT, CORE = f"{SITE}/alpha/__init__.py", f"{SITE}/alpha/core.pyd"
VOLUME = "the_volume_is_whole"
DATA, INFORMATION = 0x80, 0x70
COMPRESSED, ENCRYPTED = 0x0001, 0x4000
RECORD, END = 1024, 0xFFFFFFFF


def _drop(disk: Synthetic, *names: str) -> None:
    for path in [
        path for path in disk.files if path.startswith(tuple(f"envs/ml/{n}" for n in names))
    ]:
        del disk.files[path]


def _wheel(disk: Synthetic, *, name: str, version: str) -> None:
    made = wheel({f"Lib/site-packages/{name}/x.py": b""}, name=name, version=version)
    disk.files.update({f"envs/ml/{path}": content for path, content in made.items()})


def _other_version(disk: Synthetic) -> None:
    _drop(disk, "Lib/site-packages/beta_tools")
    _wheel(disk, name="beta_tools", version="0.4")


def _other_python(disk: Synthetic) -> None:
    disk.text("envs/ml/pyvenv.cfg", "version = 3.12.9\n")


def _copied(disk: Synthetic) -> None:
    for path in [path for path in disk.files if path.startswith("envs/ml/")]:
        disk.files[path.replace("envs/ml/", "envs/mine/")] = disk.files[path]


def record(path: Path, name: str, *, kind: int, change: Callable[[bytearray, int], None]) -> None:
    """Change the record of a file, found by its name and an attribute that the records of folders lack,
    in the table of files; `change` is told where the attribute begins."""
    whole = path.read_bytes()
    wanted, at = name.encode("utf-16-le"), whole.index(b"FILE", START)
    while wanted not in whole[at : at + RECORD] or not attribute(whole[at : at + RECORD], kind):
        at = whole.index(b"FILE", at + RECORD)
    data = bytearray(whole[at : at + RECORD])
    change(data, attribute(data, kind))
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def attribute(data: bytes | bytearray, kind: int) -> int:
    """Where an attribute begins in a record; 0 if it has none of that kind."""
    (at,) = struct.unpack_from("<H", data, 20)
    while (found := struct.unpack_from("<I", data, at)[0]) != END:
        if found == kind:
            return int(at)
        at += struct.unpack_from("<I", data, at + 4)[0]
    return 0


def flagged(name: str, flag: int) -> Callable[[Path], None]:
    """The content of a file said to be compressed, or encrypted."""

    def change(data: bytearray, at: int) -> None:
        data[at + 12 : at + 14] = struct.pack("<H", flag)

    return lambda path: record(path, name, kind=DATA, change=change)


def _dirty(path: Path) -> None:
    def change(data: bytearray, at: int) -> None:
        data[at + struct.unpack_from("<H", data, at + 20)[0] + 10] |= 1

    record(path, "$Volume", kind=INFORMATION, change=change)


def _torn(path: Path) -> None:
    def change(data: bytearray, at: int) -> None:
        data[510] ^= 0xFF

    record(path, "activate.bat", kind=DATA, change=change)


def _at(offset: int, data: bytes) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(data)

    return damage


def _hive(name: str, sequence: tuple[int, int]) -> Callable[[Synthetic], None]:
    return lambda disk: disk.sequences.update({name: sequence})


ENVIRONMENTS = (
    Fault("a distribution is missing", LOCK, "alpha is missing",
          plant=lambda d: _drop(d, "Lib/site-packages/alpha", "Scripts/alpha")),
    Fault("one too many", LOCK, "gamma 1.0 is not in",
          plant=lambda d: _wheel(d, name="gamma", version="1.0")),
    Fault("another version", LOCK, "beta-tools is 0.4, the lock says 0.3", plant=_other_version),
    Fault("twice", LOCK, "twice", plant=lambda d: _wheel(d, name="alpha", version="1.2.0.post1")),
    Fault("another Python", LOCK, "its Python is 3.12.9", plant=_other_python),
    Fault("an environment of nobody's", "environments_are_there", "mine is nobody's", plant=_copied,
          also=("the_environment_is_its_lock[mine]",)),
    Fault("no environment", "environments_are_there", "ml is not there",
          plant=lambda d: _drop(d, ""), also=(LOCK,)),
    Fault("a changed file", FILES, "changed: Lib/site-packages/alpha/__init__.py",
          plant=lambda d: d.text(INIT, "answer = 43\n")),
    Fault("a byte of a long file", FILES, "changed: Lib/site-packages/alpha/core.pyd",
          plant=lambda d: d.files.update({CORE: d.files[CORE][:-1] + b"x"})),
    Fault("a missing file", FILES, "missing: Lib/site-packages/alpha/__init__.py",
          plant=lambda d: d.files.pop(INIT)),
    Fault("a missing script", FILES, "missing: Scripts/alpha.exe",
          plant=lambda d: d.files.pop("envs/ml/Scripts/alpha.exe")),
    Fault("no RECORD", FILES, "missing: Lib/site-packages/alpha-1.2.0.dist-info/RECORD",
          plant=lambda d: d.files.pop(f"{SITE}/alpha-1.2.0.dist-info/RECORD")),
    Fault("a file of no wheel", FILES, "unowned: Lib/site-packages/sitecustomize.py",
          plant=lambda d: d.text(f"{SITE}/sitecustomize.py", "import this\n")),
    Fault("a compressed file", FILES, "core.pyd: it is compressed by NTFS", unread=True,
          damage=flagged("core.pyd", COMPRESSED)),
    Fault("an encrypted file", FILES, "core.pyd: it is encrypted by EFS", unread=True,
          damage=flagged("core.pyd", ENCRYPTED)),
)  # fmt: skip
# what is not read: the check named is one of those that must say so
UNREAD = (
    Fault("SYSTEM not written to its end", "services_are_fit_for_any_machine", "transaction logs",
          plant=_hive("SYSTEM", (9, 8)), unread=True),
    Fault("SOFTWARE not written to its end", "the_image_is_generalized", "transaction logs",
          plant=_hive("SOFTWARE", (9, 8)), unread=True),
    Fault("SOFTWARE compressed", "programs_are_installed", "compressed by NTFS",
          damage=flagged("SOFTWARE", COMPRESSED), unread=True),
    Fault("a log compressed", "sysprep_did_not_fail", f"{PANTHER}/setupact.log: it is compressed",
          damage=flagged("setupact.log", COMPRESSED), unread=True),
    Fault("BitLocker", "no_credential_is_left", "encrypted by BitLocker",
          damage=_at(START + 3, b"-FVE-FS-"), unread=True),
    Fault("a first sector that is damaged", VOLUME, "first sector is damaged",
          damage=_at(START + 11, b"\x07\x00"), unread=True),
)  # fmt: skip
BYTES = (
    Fault("not closed", VOLUME, "was not closed", damage=_dirty),
    Fault("a torn record", VOLUME, "1 records", damage=_torn),
    Fault("a GPT that is damaged", "the_disk_starts_by_uefi", "the GPT is damaged",
          damage=_at(2 * SECTOR + 60, b"x")),
)  # fmt: skip
