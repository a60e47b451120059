"""The pull request of a night: real git on a bare remote, and a gh that only notes its calls."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "tools" / "propose_locks"
GH = """\
#!/bin/sh
echo "$@" >>"$CALLS"
for file; do :; done
case "$1 $2" in
  "pr list") cat "$OPEN" ;;
  "pr create" | "pr edit") cat "$file" >"$BODY" ;;
esac
"""
LOCK = "packer/locks/tiny-cpu.lock.yaml"
pytestmark = pytest.mark.touches("processes", reason="the script is shell, and calls git and gh")


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    done = subprocess.run(
        ("git", *named, *arguments), cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a lock, its bare remote, and a folder of records where that lock moved."""
    root, remote = tmp_path / "root", tmp_path / "remote"
    (root / LOCK).parent.mkdir(parents=True)
    (root / LOCK).write_text("old\n")
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=start")
    git(root, "remote", "add", "origin", str(remote))
    record = tmp_path / "records" / "image-tiny-cpu"
    (record / LOCK).parent.mkdir(parents=True)
    (record / "build/nightly/1").mkdir(parents=True)
    (record / "build/nightly/1/summary.md").write_text("# Nightly\nwhy it moved\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(GH)
    (tmp_path / "bin/gh").chmod(0o755)
    (tmp_path / "open").write_text("")
    return root


def propose(root: Path, lock: str) -> tuple[str, list[str]]:
    """What the script printed, and how gh was called, where the record's lock has this text."""
    here = root.parent
    (here / "records/image-tiny-cpu" / LOCK).write_text(lock)
    files = {"CALLS": here / "calls", "OPEN": here / "open", "BODY": here / "body"}
    env = {
        **os.environ,
        "PATH": f"{here / 'bin'}:{os.environ['PATH']}",
        **{name: str(path) for name, path in files.items()},
    }
    done = subprocess.run(
        (str(SCRIPT), str(here / "records")),
        cwd=root,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    calls = here / "calls"
    return done.stdout, calls.read_text().splitlines() if calls.exists() else []


def test_no_lock_moved_no_pull_request(checkout: Path) -> None:
    assert propose(checkout, "old\n") == ("no lock moved\n", [])


def test_moved_locks_are_proposed_with_their_reasons(checkout: Path) -> None:
    _, calls = propose(checkout, "new\n")
    assert [call.split(" --")[0] for call in calls] == ["pr list", "pr create"]
    remote = checkout.parent / "remote"
    assert git(remote, "show", f"nightly/locks:{LOCK}") == "new\n"
    assert "why it moved" in (checkout.parent / "body").read_text()


def test_an_open_pull_request_is_renewed(checkout: Path) -> None:
    propose(checkout, "new\n")
    git(checkout, "switch", "--quiet", "main")
    (checkout.parent / "open").write_text("7\n")
    _, calls = propose(checkout, "newer\n")
    assert calls[-1].startswith("pr edit nightly/locks --body-file")
    remote = checkout.parent / "remote"
    assert git(remote, "show", f"nightly/locks:{LOCK}") == "newer\n"
    assert git(remote, "log", "--oneline", "nightly/locks").count("\n") == 2


def test_the_first_lock_of_an_image_is_proposed(checkout: Path) -> None:
    new = "packer/locks/new-cpu.lock.yaml"
    record = checkout.parent / "records" / "image-new-cpu"
    (record / new).parent.mkdir(parents=True)
    (record / new).write_text("first\n")
    _, calls = propose(checkout, "old\n")
    assert calls[-1].startswith("pr create --head nightly/locks")
    assert git(checkout.parent / "remote", "show", f"nightly/locks:{new}") == "first\n"
