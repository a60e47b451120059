"""The disk's recipe, its script, its boot code, and what is refused before anything runs."""

from __future__ import annotations

import shutil
import struct
import subprocess
import uuid
from dataclasses import fields, replace
from pathlib import Path

import pytest
from burnish.build import bios, disk_script, tools
from burnish.build.disk import check_room
from burnish.errors import BuildError
from burnish.model.disk import MIB, DiskIds, DiskRecipe, Finalised

IDS = DiskIds.from_seed("layer")
RECIPE = DiskRecipe(ids=IDS, epoch=1_764_000_000, size=4096)
FINALISED = Finalised(
    sha256="", members=1, bytes=0, blocks=0, vendor="debian", title="", kernels=(), written={}
)


def test_ids_follow_from_the_seed_and_differ_from_each_other() -> None:
    assert DiskIds.from_seed("layer") == IDS
    values = [getattr(IDS, field.name) for field in fields(IDS)]
    others = [getattr(DiskIds.from_seed("other"), field.name) for field in fields(IDS)]
    assert len({*values, *others}) == 2 * len(values)
    assert uuid.UUID(IDS.root).version == 5
    assert IDS.esp_uuid == f"{IDS.esp_volume[:4]}-{IDS.esp_volume[4:]}"


def test_partitions_neither_overlap_nor_reach_the_last_mib() -> None:
    end = 1
    for partition in RECIPE.partitions:
        assert partition.start >= end
        end = partition.start + partition.size
    assert end == RECIPE.size - 1


def test_partition_table_counts_in_sectors() -> None:
    table = disk_script.partition_table(RECIPE).splitlines()
    assert table[0] == "label: gpt"
    assert table[4].startswith("14 : start=2048, size=6144, type=21686148")
    assert table[6].startswith("1 : start=262144, size=8124416, type=4F68BCE3")
    assert table[6].endswith(f'name="root", uuid={IDS.root_partition}')


def test_table_comes_after_the_file_system_that_would_clear_it() -> None:
    script = disk_script.render(RECIPE)
    assert script.index("mke2fs") < script.index("sfdisk") < script.index("boot.bin")
    assert script.index("core.bin") < script.index("qemu-img")


def test_disk_without_bios_has_no_boot_code() -> None:
    script = disk_script.render(replace(RECIPE, bios=False))
    assert "core.bin" not in script
    assert '"::/EFI/$vendor/grub.cfg"' in script


@pytest.mark.touches("processes", reason="shellcheck is a program")
@pytest.mark.parametrize("with_bios", [True, False])
def test_shellcheck_is_content(with_bios: bool) -> None:
    program = shutil.which("shellcheck")
    assert program, "shellcheck is installed by `make setup`"
    script = tools.PREAMBLE + disk_script.render(replace(RECIPE, bios=with_bios))
    argv = [program, "--shell=sh", "-"]
    done = subprocess.run(argv, input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_tools_run_offline_as_the_user_without_writing_their_input(tmp_path: Path) -> None:
    use = tools.Tools(image="tools", user="1000:1000")
    argv = tools.command(use, "true", source=tmp_path, out=tmp_path).argv
    assert " ".join(argv).startswith("docker run --rm --network none --user 1000:1000 ")
    assert f"{tmp_path}:/in:ro" in argv
    assert "--privileged" not in argv


def test_files_that_do_not_fit_are_refused() -> None:
    check_room(replace(FINALISED, blocks=700_000), RECIPE)
    with pytest.raises(BuildError, match="the root file system has 3967 MiB") as caught:
        check_room(replace(FINALISED, blocks=1_000_000), RECIPE)
    assert "disk_gb" in caught.value.hint


def test_boot_code_leaves_the_partition_table_alone() -> None:
    code = bios.boot_code(bytes(512))
    assert len(code) == 440
    assert struct.unpack_from("<Q", code, 0x5C) == (2048,)
    assert code[0x64:0x68] == b"\xff\0\x90\x90"


def test_core_image_knows_where_it_goes_on() -> None:
    assert struct.unpack_from("<Q", bios.core(bytes(1024)), 0x1F4) == (2049,)
    with pytest.raises(BuildError, match="its partition has"):
        bios.core(bytes(3 * MIB + 1))
