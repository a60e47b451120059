"""What the mutation runner needs: the image as the store has it, something to spoil, the checks' word."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import filed
import opted
import played
import pytest
from burnish import host
from burnish.build import boot, checks, docker
from burnish.build.extract import extract
from burnish.model.leftovers import as_facts
from burnish.model.machine import BootRequest, Machine
from burnish.stages.prove import ssh_options
from burnish.verify.suite import USER, facts

CHECKS = filed.ROOT / "tests" / "toolchains"
Outcomes = dict[str, str]
Tried = tuple[str, str]
# why the checks' own selection leaves one out whose role, or whose packages, the image does not have
ABSENT = {"burnish.left_out.role", "burnish.left_out.content"}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is spoiled: an image with its facts, its disk, and the tree of the disk's files."""

    image: str
    disk: Path
    facts: Path
    tree: Path
    scratch: Path

    @contextmanager
    def machine(self) -> Iterator[str]:
        """A fresh container of the image with systemd up and the normal user."""
        name = f"burnish-mutation-{os.getpid()}"
        made = docker.systemd_container(
            self.image, name=name, host=host.probe(self.scratch), label="burnish.mutation"
        )
        with made as started:
            checks.ready(started, user=USER)
            yield started

    @contextmanager
    def booted(self) -> Iterator[Machine]:
        """Its disk, booted on an overlay."""
        request = BootRequest(
            disk=self.disk,
            format="qcow2",
            scratch=self.scratch / "boot",
            log=self.scratch / "serial.log",
            user=USER,
            firmware="uefi",
        )
        with boot.machine(request) as machine:
            yield machine

    def outcomes(self, level: str, *options: str) -> Outcomes:
        """Outcome per check: passed, failed or skipped; failed if any of its parameters failed."""
        junit = self.scratch / "junit.xml"
        junit.unlink(missing_ok=True)
        plugins = ("-p", "no:cacheprovider", "-p", checks.PLUGIN)
        flags = (f"--burnish-facts={self.facts}", f"--burnish-level={level}")
        argv = [sys.executable, "-m", "pytest", str(CHECKS), "-q", *plugins, *flags]
        done = subprocess.run(
            [*argv, f"--junit-xml={junit}", *options],
            cwd=filed.ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return outcomes(junit.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """Our own image, and its disk's files read out once."""
    return read_out(filed.find(), scratch=tmp_path_factory.mktemp("mutations"))


def read_out(ours: filed.Filed, *, scratch: Path) -> Subject:
    """An image of the store, its disk's files read out below `scratch`."""
    known = facts(ours.plan, leftovers=as_facts(ours.record.written))
    (scratch / "facts.json").write_text(json.dumps(known), encoding="utf-8")
    extract(ours.disk / "disk.vhd", out=scratch / "tree", use=ours.tools)
    return Subject(
        image=ours.image,
        disk=ours.disk / "disk.qcow2",
        facts=scratch / "facts.json",
        tree=scratch / "tree",
        scratch=scratch,
    )


@pytest.fixture(scope="session")
def on_disk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Subject, Outcomes]]:
    """By role: the image that has it, its disk read out, and what the checks say of those files."""

    @cache
    def made(role: str) -> tuple[Subject, Outcomes]:
        if role not in opted.IMAGES:
            given = request.getfixturevalue
            return given("subject"), given("healthy")["artifact"]
        try:
            ours = filed.find(opted.IMAGES[role])
        except LookupError as why:
            pytest.skip(str(why))
        of = read_out(ours, scratch=tmp_path_factory.mktemp("on-disk"))
        return of, of.outcomes("artifact", f"--burnish-tree={of.tree}")

    return made


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Subject, Outcomes]]:
    """By role: another image than our own, and what its checks say: one in which a fixture plays what
    ours had to leave out, or one to be asked for."""

    @cache
    def made(role: str) -> tuple[Subject, Outcomes]:
        scratch = tmp_path_factory.mktemp("stand-in")
        nothing = scratch / "nothing"
        built = opted.built(role) if role in opted.IMAGES else played.build(scratch, role)
        if built is None:
            pytest.skip(f"{opted.IMAGES[role]} is not built here")
        known = scratch / "facts.json"
        known.write_text(json.dumps(facts(built.plan, leftovers=())), encoding="utf-8")
        of = Subject(image=built.image, disk=nothing, facts=known, tree=nothing, scratch=scratch)
        with of.machine() as name:
            told = of.outcomes("container", f"--hosts=docker://{name}", "-k", role)
        # what needs more than this small image has is not verified here either
        return of, defaultdict(lambda: "skipped", told)

    return made


@pytest.fixture(scope="session")
def healthy(subject: Subject) -> dict[str, Outcomes]:
    """Outcome per check and level on what nobody spoiled."""
    with subject.machine() as name:
        container = subject.outcomes("container", f"--hosts=docker://{name}")
    artifact = subject.outcomes("artifact", f"--burnish-tree={subject.tree}")
    return {"container": container, "artifact": artifact}


@pytest.fixture(scope="session")
def tried(request: pytest.FixtureRequest) -> Callable[[Path, str], Tried]:
    """Outcome of a mutation's check at a level, before and after its script ran."""
    given = request.getfixturevalue

    def on_files(script: Path) -> Tried:
        of, sound = given("on_disk")(script.parent.name)
        before = due(sound, script.stem)
        folder = of.scratch / script.stem
        shutil.copytree(of.tree, folder, symlinks=True)
        subprocess.run(["sh", "-eu", script], cwd=folder, check=True)
        told = of.outcomes("artifact", f"--burnish-tree={folder}", "-k", script.stem)
        return before, told[script.stem]

    def in_container(script: Path) -> Tried:
        role = script.parent.name
        if role in opted.IMAGES or played.plays(role, image=filed.IMAGE):
            of, sound = given("stand_in")(role)
        else:
            of, sound = given("subject"), given("healthy")["container"]
        before = due(sound, script.stem)
        if before == "skipped":
            return before, ""
        with of.machine() as name:
            run_in(["docker", "exec", "--interactive", name, "sh", "-eu"], script)
            told = of.outcomes("container", f"--hosts=docker://{name}", "-k", script.stem)
        return before, told[script.stem]

    def on_a_booted_machine(script: Path) -> Tried:
        subject: Subject = given("subject")
        with subject.booted() as machine:
            options = (*ssh_options(machine), "-k", script.stem)
            before = subject.outcomes("vm", *options)
            ssh = ["ssh", "-F", str(machine.ssh_config), machine.host]
            run_in([*ssh, "sudo", "sh", "-eu"], script)
            return before[script.stem], subject.outcomes("vm", *options)[script.stem]

    ways = {"artifact": on_files, "container": in_container, "vm": on_a_booted_machine}
    return lambda script, level: ways[level](script)


def due(before: Outcomes, check: str) -> str:
    """What came of a check; skips one that the image has nothing for, as where a layer was left out."""
    if before[check] == "absent":
        pytest.skip("the image has nothing that the check is for")
    return before[check]


def run_in(argv: list[str], script: Path) -> None:
    """Feed a script to a shell."""
    subprocess.run(argv, input=script.read_bytes(), check=True)


def outcomes(junit: str) -> Outcomes:
    """The worst outcome per check in a JUnit text; "absent" for what the image has nothing for."""
    found: Outcomes = {}
    told = ET.fromstring(junit)
    for case in told.iter("testcase"):
        check = re.sub(r"\[.*", "", case.attrib["name"])
        children = {child.tag for child in case}
        if "error" in children or "failure" in children:
            found[check] = "failed"
        else:
            found.setdefault(check, "skipped" if "skipped" in children else "passed")
    for each in told.iter("property"):
        if each.attrib["name"] in ABSENT:
            names = re.findall(r"::(\w+)", each.attrib["value"])
            found |= {name: "absent" for name in names if name not in found}
    return found
