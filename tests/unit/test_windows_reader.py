"""The reader of Windows disks in its small parts: records, hives, logs. Whole disks are read in e2e."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import cast

import pytest
import regf
from burnish.build.sparse import Digest
from burnish.build.windows import environments, image, record, registry
from burnish.build.windows.files import HISTORIES, LOGIN, SECRETS
from burnish.build.windows.hive import Hive
from burnish.build.windows.known import begun, failures
from burnish.build.windows.ntfs import Shape, Unreadable, Volume
from burnish.build.windows.record import Damaged, Extent
from burnish.model.command import Command

STREAM = 0x80
FIVE = b"\x11\x05\x10\0"  # five clusters from the 16th on


def made(runs: bytes, *, clusters: int, flags: int = 0) -> bytes:
    """A record with one stream that lies elsewhere on the volume."""
    body = struct.pack("<IIBBHHHQQHHIQQQ", STREAM, 0, 1, 0, 64, flags, 0, 0, clusters - 1, 64,
                       0, 0, clusters * 4096, 5000, 5000) + runs  # fmt: skip
    body = body.ljust(-(-len(body) // 8) * 8, b"\0")
    body = body[:4] + struct.pack("<I", len(body)) + body[8:]
    head = struct.pack("<4sHHQHHHHIIQ", b"FILE", 48, 3, 0, 1, 1, 56, 1, 0, 1024, 0)
    data = bytearray((head.ljust(56, b"\0") + body + b"\xff\xff\xff\xff").ljust(1024, b"\0"))
    data[48:54] = b"\7\0" + data[510:512] + data[1022:1024]
    data[510:512] = data[1022:1024] = b"\7\0"
    return bytes(data)


def test_places_of_clusters_are_told_from_one_another() -> None:
    # 5 clusters from 0x1234 on, 2 that were never written, 3 before the first ones
    found = record.parse(made(b"\x21\x05\x34\x12\x01\x02\x21\x03\x00\xff\0", clusters=10))
    assert found
    (stream,) = found.attributes
    assert stream.extents == (Extent(0x1234, 5), Extent(None, 2), Extent(0x1134, 3))
    assert (stream.size, stream.valid, stream.content) == (5000, 5000, None)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(made(b"\x11\x04\x10\0", clusters=5), "shorter than its length", id="clusters"),
        pytest.param(b"BAAD".ljust(1024, b"\0"), "marked as bad", id="bad"),
        pytest.param(made(FIVE, clusters=5)[:510].ljust(1024, b"x"), "together", id="torn"),
        pytest.param(made(FIVE, clusters=5).replace(b"\xff" * 4, b"\1\0\0\0"), "behind", id="end"),
    ],
)  # fmt: skip
def test_a_damaged_record_is_told(data: bytes, says: str) -> None:
    with pytest.raises(Damaged, match=says):
        record.parse(data)


def test_a_place_that_is_not_used_is_none() -> None:
    used = made(FIVE, clusters=5)
    assert record.parse(used)
    assert record.parse(used[:22] + b"\0" + used[23:]) is None
    assert record.parse(bytes(1024)) is None


@pytest.mark.parametrize(
    ("sector", "says"),
    [(b"\xeb\x52\x90-FVE-FS-", "BitLocker"), (b"\xeb\x52\x90EXFAT   ", "not NTFS"),
     (b"\xeb\x52\x90NTFS    ", "first sector is damaged")],
)  # fmt: skip
def test_what_is_no_volume_of_ntfs_is_told(sector: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        Shape.parse(sector.ljust(512, b"\0"))


def test_the_shape_of_large_clusters_is_read() -> None:
    sector = bytearray(b"\xeb\x52\x90NTFS    ".ljust(512, b"\0"))
    struct.pack_into("<HB", sector, 11, 512, 0xF4)  # 2 ** 12 sectors
    struct.pack_into("<Qqb", sector, 48, 4, 0, -10)
    assert Shape.parse(bytes(sector)) == Shape(2 << 20, 1024, 8 << 20)


KEYS: dict[str, dict[str, regf.Value]] = {"Select": {"Current": 1}, r"A\B": {"Name": "text"}}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no registry hive"),
        (regf.hive(KEYS, sequence=(8, 7)), "not written to its end .sequence 8, 7."),
        (regf.hive(KEYS)[:5000], "cut short"),
        (regf.hive(KEYS).replace(b"SYN".decode().encode("utf-16-le"), b"xxxxxx"), "checksum"),
        (regf.hive(KEYS).replace(b"hbin", b"nibh"), "damaged"),
    ],
)
def test_a_hive_that_is_not_whole_is_told(data: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=says):
        Hive(data, copy=tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_is_not_readable_is_never_passed_over(tmp_path: Path) -> None:
    data = regf.hive(KEYS).replace(b"vk\4\0", b"kv\4\0")
    with pytest.raises(Unreadable, match=r"damaged at A\\B: 1 values are not readable"):
        Hive(data, copy=tmp_path / "copy").values(r"A\B")


def test_the_current_control_set_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no ControlSet001"):
        registry.system(Hive(regf.hive(KEYS), copy=tmp_path / "copy"))


OLD = "2026-11-20 09:00:00, Error SYSPRP WinMain:Hit failure while processing\n"
NEW = "2026-11-20 11:00:00, Error SYSPRP Failed to load VMAgentDisabler.dll\n"
ACT = "2026-11-20 10:00:00, Info   SYSPRP === Beginning of a new sysprep run\n"


def test_a_failure_of_an_earlier_run_is_over() -> None:
    assert begun(ACT) == "2026-11-20 10:00:00"
    assert [each["problem"] for each in failures(OLD + NEW)] == [
        "sysprep gave up",
        "a lost VMAgentDisabler.dll",
    ]
    (left,) = failures(OLD + NEW + NEW, since=begun(ACT))
    assert (left["problem"], left["line"]) == ("a lost VMAgentDisabler.dll", NEW.strip())
    assert left["cure"].startswith("remove its value below SysPrepExternal")


@pytest.mark.parametrize(
    "path",
    ["/users/me/.ssh/id_ed25519.pub", "/users/me/.ssh/known_hosts", "/users/me/.azure/config"],
)
def test_what_is_no_secret_is_left_alone(path: str) -> None:
    assert not any(pattern.search(path) for pattern, _ in SECRETS)
    assert not HISTORIES.search(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [("https://host/simple", False), ("https://me@host/", False), ("https://me:x@host/", True),
     ("//host/:_authToken=x", True), ("password = x", True), ("# no password here", False)],
)  # fmt: skip
def test_a_login_in_a_setting_is_known(text: str, told: bool) -> None:
    assert bool(LOGIN.search(text)) is told


@pytest.mark.parametrize("size", [0, 3, 4096, 5000])
def test_a_digest_can_leave_out_a_footer(size: int, tmp_path: Path) -> None:
    path, alone = tmp_path / "whole", tmp_path / "part"
    data = b"abc" + bytes(4990) + b"footer."
    path.write_bytes(data)
    alone.write_bytes(data[:size])
    assert Digest(path, size=size).hex == Digest(alone).hex


def test_a_disk_that_is_not_laid_out_to_its_end_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(command: Command) -> None:
        Path(command.argv[-1]).write_bytes(b"half of it")
        raise KeyboardInterrupt

    disk, scratch = tmp_path / "disk.qcow2", tmp_path / "scratch"
    disk.write_bytes(b"QFI\xfb".ljust(1024, b"\0"))
    monkeypatch.setattr(image, "run", cut)
    with pytest.raises(KeyboardInterrupt), image.opened(disk, scratch=scratch):
        raise AssertionError
    assert list(scratch.iterdir()) == []


class Wheel:
    """A volume with one environment, in which one wheel is installed."""

    def __init__(self, record: str) -> None:
        folder = "envs/ml/Lib/site-packages"
        self.files = {f"{folder}/one-1.dist-info/RECORD": record, f"{folder}/one.py": "x"}

    def walk(self, _: str) -> list[str]:
        return [*self.files]

    def names(self, _: str) -> list[str]:
        return ["one-1.dist-info"]

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path].encode()

    def chunks(self, path: str) -> list[bytes]:
        return [self.read(path)]


@pytest.mark.parametrize(
    ("line", "path", "why"),
    [
        ("one.py,shake_128=x,1", "one.py", "a digest of an unknown kind, 'shake_128'"),
        (f'"{"x" * 200_000}",sha256=x,1', "one-1.dist-info/RECORD", "it is no list of files"),
    ],
)
def test_a_record_that_nobody_can_follow_is_told(line: str, path: str, why: str) -> None:
    found = environments.environment(cast("Volume", Wheel(line)), "envs/ml")
    assert why in found["unread"][f"Lib/site-packages/{path}"]
