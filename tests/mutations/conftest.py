"""What the mutation runner needs: the image, something to spoil, and what the checks say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from burnish import pipeline
from burnish.build.checks import PLUGIN
from burnish.build.extract import extract
from burnish.build.tools import Tools
from burnish.cli.context import Context
from burnish.model.leftovers import as_facts
from burnish.verify.suite import facts
from rich.console import Console

IMAGE = "debian-12-cpu"
ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "tests" / "toolchains"
TMPFS = ("--tmpfs=/run", "--tmpfs=/run/lock", "--tmpfs=/tmp")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is spoiled: an image with its facts, or the tree of its disk."""

    image: str
    facts: Path
    tree: Path | None
    scratch: Path

    @property
    def user(self) -> str:
        return str(json.loads(self.facts.read_text(encoding="utf-8"))["user"])


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    image, known = (os.environ.get(f"BURNISH_MUTATION_{key}") for key in ("IMAGE", "FACTS"))
    tree = os.environ.get("BURNISH_MUTATION_TREE")
    scratch = tmp_path_factory.mktemp("mutations")
    if not image or not known:
        return _of_the_store(scratch)
    return Subject(
        image=image, facts=Path(known), tree=Path(tree) if tree else None, scratch=scratch
    )


def _of_the_store(scratch: Path) -> Subject:
    """Our own image as the store has it: its container image, its facts, its disk's files."""
    world = Context(roots=(ROOT,), debug=False, story=Console(stderr=True)).world()
    plan = pipeline.plan(world, pipeline.pick(world, IMAGE))
    disk = world.store.disk_record(plan.disk_key)
    if disk is None or plan.tools is None:
        pytest.fail(f"the store has no disk of {IMAGE} as it is now: `burnish build {IMAGE}`")
    known = facts(plan, leftovers=as_facts(disk.written))
    (scratch / "facts.json").write_text(json.dumps(known), encoding="utf-8")
    tree, use = scratch / "tree", Tools(image=world.store.tag(plan.tools.id))
    extract(world.store.disk(plan.disk_key) / "disk.vhd", out=tree, use=use)
    image = world.store.tag(plan.top.id)
    return Subject(image=image, facts=scratch / "facts.json", tree=tree, scratch=scratch)


@pytest.fixture(scope="session")
def healthy(subject: Subject) -> dict[str, dict[str, str]]:
    """Outcome per check and level on what nobody spoiled."""
    with machine(subject) as name:
        outcomes = {
            "container": run_checks(subject, "container", options=[f"--hosts=docker://{name}"])
        }
    if subject.tree:
        outcomes["artifact"] = run_checks(
            subject, "artifact", options=[f"--burnish-tree={subject.tree}"]
        )
    return outcomes


@pytest.fixture(scope="session")
def spoiled(subject: Subject) -> Callable[[Path, str], dict[str, str]]:
    """Outcome of a mutation's check at a level after its script ran."""

    def run(script: Path, level: str) -> dict[str, str]:
        check = script.stem
        if level == "artifact":
            folder = subject.scratch / check
            assert subject.tree, "set BURNISH_MUTATION_TREE: this check reads a disk's tree"
            shutil.copytree(subject.tree, folder, symlinks=True)
            subprocess.run(["sh", "-eu", script], cwd=folder, check=True)
            options = [f"--burnish-tree={folder}", "-k", check]
            return run_checks(subject, level, options=options)
        with machine(subject) as name:
            argv = ["docker", "exec", "--interactive", name, "sh", "-eu"]
            subprocess.run(argv, input=script.read_bytes(), check=True)
            return run_checks(subject, level, options=[f"--hosts=docker://{name}", "-k", check])

    return run


@contextmanager
def machine(subject: Subject) -> Iterator[str]:
    """A fresh container of the image with systemd up and the normal user; removed afterwards."""
    name = f"burnish-mutation-{os.getpid()}"
    run = ["docker", "run", "--detach", "--name", name, *_flags(), subject.image, "/sbin/init"]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    try:
        wait = ["timeout", "120", "systemctl", "is-system-running", "--wait"]
        subprocess.run(["docker", "exec", name, *wait], check=False, stdout=subprocess.DEVNULL)
        add = ["useradd", "--create-home", "--shell", "/bin/bash", subject.user]
        subprocess.run(["docker", "exec", name, *add], check=True)
        yield name
    finally:
        remove = ["docker", "rm", "--force", "--volumes", name]
        subprocess.run(remove, check=False, stdout=subprocess.DEVNULL)


def run_checks(subject: Subject, level: str, *, options: list[str]) -> dict[str, str]:
    """Outcome per check: passed, failed or skipped; failed if any of its parameters failed."""
    junit = subject.scratch / "junit.xml"
    junit.unlink(missing_ok=True)
    plugins = ["-p", "no:cacheprovider", "-p", PLUGIN]
    argv = [sys.executable, "-m", "pytest", str(CHECKS), "-q", *plugins]
    flags = [f"--burnish-facts={subject.facts}", f"--burnish-level={level}"]
    done = subprocess.run(
        [*argv, *flags, f"--junit-xml={junit}", *options],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return outcomes(junit.read_text(encoding="utf-8"))


def outcomes(junit: str) -> dict[str, str]:
    """The worst outcome per check in a JUnit text."""
    found: dict[str, str] = {}
    for case in ET.fromstring(junit).iter("testcase"):
        check = re.sub(r"\[.*", "", case.attrib["name"])
        children = {child.tag for child in case}
        if "error" in children or "failure" in children:
            found[check] = "failed"
        else:
            found.setdefault(check, "skipped" if "skipped" in children else "passed")
    return found


def _flags() -> list[str]:
    given = os.environ.get("BURNISH_SYSTEMD_FLAGS")
    if given:
        return [str(flag) for flag in json.loads(given)]
    info = ["docker", "info", "--format", "{{.CgroupVersion}}"]
    version = subprocess.run(info, capture_output=True, text=True, check=True).stdout.strip()
    groups = ["--cgroupns=private"] if version == "2" else ["-v=/sys/fs/cgroup:/sys/fs/cgroup:ro"]
    return [*TMPFS, "--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", *groups]
