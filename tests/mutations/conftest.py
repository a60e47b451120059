"""What the mutation runner needs: the image as the store has it, something to spoil, the checks' word."""

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

import filed
import pytest
from burnish import host
from burnish.build import checks, docker
from burnish.build.extract import extract
from burnish.model.leftovers import as_facts
from burnish.verify.suite import USER, facts

CHECKS = filed.ROOT / "tests" / "toolchains"
Outcomes = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is spoiled: an image with its facts, and the tree of its disk."""

    image: str
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
    scratch, ours = tmp_path_factory.mktemp("mutations"), filed.find()
    known = facts(ours.plan, leftovers=as_facts(ours.record.written))
    (scratch / "facts.json").write_text(json.dumps(known), encoding="utf-8")
    extract(ours.disk / "disk.vhd", out=scratch / "tree", use=ours.tools)
    return Subject(
        image=ours.image, facts=scratch / "facts.json", tree=scratch / "tree", scratch=scratch
    )


@pytest.fixture(scope="session")
def healthy(subject: Subject) -> dict[str, Outcomes]:
    """Outcome per check and level on what nobody spoiled."""
    with subject.machine() as name:
        container = subject.outcomes("container", f"--hosts=docker://{name}")
    artifact = subject.outcomes("artifact", f"--burnish-tree={subject.tree}")
    return {"container": container, "artifact": artifact}


@pytest.fixture(scope="session")
def spoiled(subject: Subject) -> Callable[[Path, str], Outcomes]:
    """Outcome of a mutation's check at a level after its script ran."""

    def run(script: Path, level: str) -> Outcomes:
        check = script.stem
        if level == "artifact":
            folder = subject.scratch / check
            shutil.copytree(subject.tree, folder, symlinks=True)
            subprocess.run(["sh", "-eu", script], cwd=folder, check=True)
            return subject.outcomes(level, f"--burnish-tree={folder}", "-k", check)
        with subject.machine() as name:
            argv = ["docker", "exec", "--interactive", name, "sh", "-eu"]
            subprocess.run(argv, input=script.read_bytes(), check=True)
            return subject.outcomes(level, f"--hosts=docker://{name}", "-k", check)

    return run


def outcomes(junit: str) -> Outcomes:
    """The worst outcome per check in a JUnit text."""
    found: Outcomes = {}
    for case in ET.fromstring(junit).iter("testcase"):
        check = re.sub(r"\[.*", "", case.attrib["name"])
        children = {child.tag for child in case}
        if "error" in children or "failure" in children:
            found[check] = "failed"
        else:
            found.setdefault(check, "skipped" if "skipped" in children else "passed")
    return found
