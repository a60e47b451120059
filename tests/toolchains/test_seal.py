"""An image holds nothing of its build, and what is generated in it comes out the same each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from burnish.model.disk import FileEntry, FileKind
from burnish.model.leftovers import from_facts, violations
from harness.facts import Facts
from harness.tree import Entry, Tree
from harness.work import Work

HOME = "/root"

SYSTEM = ["/usr/bin/python3"]
DAY = 86400
# Azure's own disk and network: without these a machine there never finds its root
# the disk by either controller that the gallery's definition declares: SCSI, and NVMe behind Hyper-V's PCI
AZURE = ("hv_vmbus", "hv_storvsc", "hv_netvsc", "pci-hyperv", "nvme")
# what a machine of the system's own Python does first: a name from each kind of folder
IMPORTS = (
    "json",
    "ssl",
    "sqlite3",
    "asyncio",
    "xml.etree.ElementTree",
    "apt_pkg",
    "yaml",
    "jinja2",
)
# what everybody may write to, each with the sticky bit; Ubuntu adds the one for crashes
SHARED = {"/tmp", "/var/tmp"}
MAY_BE_SHARED = SHARED | {"/var/crash"}
# what runs with the rights of whoever logs in or calls it
RUN = (
    *(f"{place}/{name}/" for place in ("", "/usr", "/usr/local") for name in ("bin", "sbin")),
    "/etc/profile.d/",
)
# What no start of a machine brings back.
GONE = (
    "/etc/ssh/ssh_host_rsa_key",
    f"{HOME}/.ansible",
    f"{HOME}/.cache",
    f"{HOME}/.*_history",
    "/tmp/ansible*",
    "/var/cache/apt/archives/*.deb",
    "/var/cache/debconf/*-old",
    "/var/lib/apt/lists/*_*",
    "/var/lib/dpkg/*-old",
    "/var/log/apt/*.log",
    "/var/log/bootstrap.log",
    "/var/log/dpkg.log",
)


@pytest.mark.levels("container", "vm", "azure")
def test_no_import_compiles_the_systems_python_anew(work: Work) -> None:
    report = work("system_bytecode.py", *IMPORTS, interpreter=SYSTEM)
    assert report.pop("checked") > 500
    assert report == {
        "absent": [],
        "by_time": [],
        "stale": [],
        "imported": True,
        "compiled_anew": [],
    }


@pytest.mark.levels("container", "vm", "azure")
def test_ram_disk_finds_the_root_in_azure(work: Work, real: Callable[[str], None]) -> None:
    real("linux-image-*")
    report = work("ram_disk.py", *AZURE, "fsck.ext4", interpreter=SYSTEM, user="root")
    assert report != {}, "no kernel to boot"
    for kernel, disk in report.items():
        assert disk == {"absent": [], "compressor": "zstd"}, kernel


@pytest.mark.levels("container")
def test_ram_disk_comes_out_the_same_again(work: Work, facts: Facts) -> None:
    report = work("ram_disk_again.py", str(facts.epoch), interpreter=SYSTEM, user="root")
    assert report != {}, "no kernel to boot"
    assert set(report.values()) == {True}


@pytest.mark.levels("container", "vm")
def test_caches_and_histories_are_gone(work: Work, facts: Facts) -> None:
    more = facts.variable("seal_extra_paths")
    assert work("left_behind.py", *GONE, *more, interpreter=SYSTEM, user="root") == []


@pytest.mark.levels("container", "vm", "azure")
def test_nothing_tells_how_the_build_reached_the_world(work: Work) -> None:
    report = work("way_out.py", interpreter=SYSTEM, user="root")
    assert report == {"settings": [], "added": [], "bundled_beyond_choice": 0, "environment": []}


@pytest.mark.levels("artifact")
def test_disk_holds_no_left_over(tree: Tree, facts: Facts) -> None:
    files = (_as_file(entry) for entry in tree.entries.values())
    assert violations(files, from_facts(facts.leftovers)) == ()


@pytest.mark.levels("artifact")
def test_disk_is_no_one_machine_yet(tree: Tree, facts: Facts) -> None:
    written = {
        entry["pattern"]: entry["content"] for entry in facts.leftovers if "content" in entry
    }
    found = {path: tree.text(f"/{path}") for path in written}
    assert found == written
    assert tree.entries["/etc/machine-id"].size == 0


@pytest.mark.levels("artifact")
def test_disk_holds_no_time_of_the_build(tree: Tree, facts: Facts) -> None:
    late = [entry.path for entry in tree.entries.values() if entry.mtime > facts.epoch]
    fields = [line.split(":") for line in tree.text("/etc/shadow").splitlines()]
    changed = [row[0] for row in fields if row[2] and int(row[2]) > facts.epoch // DAY]
    assert (late, changed) == ([], [])


@pytest.mark.levels("artifact")
def test_nobody_changes_what_others_run(tree: Tree) -> None:
    real = [entry for entry in tree.entries.values() if entry.type != "symlink"]
    written = {entry.path: entry for entry in real if entry.mode & 0o002}
    assert SHARED <= written.keys() <= MAY_BE_SHARED
    assert [path for path, entry in written.items() if not entry.mode & 0o1000] == []
    run = [entry for entry in real if f"{entry.path}/".startswith(RUN)]
    assert len(run) > 500
    assert [entry.path for entry in run if entry.uid or entry.mode & 0o022] == []


def _as_file(entry: Entry) -> FileEntry:
    return FileEntry(
        path=entry.path.lstrip("/"),
        kind=cast("FileKind", entry.type),
        mode=entry.mode,
        uid=entry.uid,
        gid=entry.gid,
        size=entry.size,
        mtime=entry.mtime,
    )
