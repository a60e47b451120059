"""Reading a disk's files back: the script that asks and the answer that is read."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from burnish.build import extract
from burnish.errors import BuildError
from burnish.model.disk import MIB

ANSWER = """\
debugfs: ls -l <2>
      2   40755 (2)      0      0    4096 24-Nov-2025 16:00 .
      2   40755 (2)      0      0    4096 24-Nov-2025 16:00 ..
     12  120777 (7)      0      0       7 24-Nov-2025 16:00 bin
     13   40700 (2)   1000    100    4096 24-Nov-2025 16:00 home

debugfs: ls -l <12>

debugfs: ls -l <13>
     13   40700 (2)   1000    100    4096 24-Nov-2025 16:00 .
      2   40755 (2)      0      0    4096 24-Nov-2025 16:00 ..
     14  104755 (1)      0      0 9000000 24-Nov-2025 16:00 a file
      0       0 (0)      0      0       0

"""


def test_answer_becomes_paths() -> None:
    files = extract.parse(ANSWER.splitlines())
    assert [file.path for file in files] == ["bin", "home", "home/a file"]
    (last,) = (file for file in files if file.kind == "file")
    assert (last.mode, last.size, last.mtime) == (0o4755, 9_000_000, 1_764_000_000)
    assert [(file.kind, file.uid, file.gid) for file in files][1] == ("directory", 1000, 100)


def test_folder_that_was_not_read_is_an_error() -> None:
    with pytest.raises(BuildError, match="'/home' lies outside"):
        extract.parse(ANSWER.partition("debugfs: ls -l <13>")[0].splitlines())


def test_each_subtree_is_copied_below_its_parent() -> None:
    script = extract.commands("disk.vhd", last_inode=99, subtrees=("etc", "boot/grub", ""))
    assert "'/in/disk.vhd?offset=134217728'" in script
    assert "seq -f 'ls -l <%.0f>' 11 99" in script
    assert """'rdump "/boot/grub" "/out/root/boot"'""" in script
    assert """'rdump "/" "/out/root"'""" in script


def test_used_inodes_come_from_the_superblock(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    block = bytearray(1024)
    struct.pack_into("<I", block, 0, 1000)
    struct.pack_into("<I", block, 16, 900)
    block[56:58] = b"\x53\xef"
    with disk.open("wb") as file:
        file.seek(128 * MIB + 1024)
        file.write(block)
    assert extract.used_inodes(disk) == 100


def test_disk_without_file_system_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "disk").write_bytes(b"")
    with pytest.raises(BuildError, match="no ext4 file system at 128 MiB"):
        extract.used_inodes(tmp_path / "disk")
