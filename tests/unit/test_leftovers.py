"""The list of left-overs: what it matches, and that filter and checks read it alike."""

from __future__ import annotations

import json

import pytest
from burnish.model.disk import FileEntry, FileKind
from burnish.model.leftovers import LEFTOVERS, Action, as_facts, find, from_facts, violations


def entry(path: str, *, kind: FileKind = "file", size: int = 1) -> FileEntry:
    return FileEntry(path=path, kind=kind, mode=0o644, uid=0, gid=0, size=size, mtime=0)


@pytest.mark.parametrize(
    ("path", "action"),
    [
        (".dockerenv", Action.DROP),
        ("dev/console", Action.DROP_CONTENTS),
        ("etc/hosts", Action.REPLACE),
        ("etc/machine-id", Action.EMPTY),
        ("etc/ssh/ssh_host_ed25519_key.pub", Action.DROP),
        ("home/prover/.cache/uv/x", Action.DROP),
        ("etc/skel/.aws/credentials", Action.DROP),
        ("root/.azure/msal_token_cache.json", Action.DROP),
        ("home/prover/.docker/config.json", Action.DROP),
        ("root/.git-credentials", Action.DROP),
        ("root/.gnupg/private-keys-v1.d/x.key", Action.DROP),
        ("home/prover/.netrc", Action.DROP),
        ("root/.pypirc", Action.DROP),
        ("root/.bash_history", Action.DROP),
        ("run/burnish/ca.crt", Action.DROP_CONTENTS),
        ("tmp/a\nb", Action.DROP_CONTENTS),
        ("usr/sbin/policy-rc.d", Action.DROP),
        ("var/lib/cloud/instance", Action.DROP),
        ("var/log/apt/term.log", Action.DROP_FILES),
    ],
)
def test_leftovers_are_found(path: str, action: Action) -> None:
    found = find(path, directory=False)
    assert found is not None
    assert found.action is action


@pytest.mark.parametrize(
    "path",
    [
        "dev",
        "etc/hosts.allow",
        "etc/ssh/sshd_config",
        "home/prover/.cached",
        "home/prover/.dockerignore",
        "opt/tmp/x",
        "usr/lib/python3/__pycache__/os.pyc",
        "var/lib/cloud/scripts/per-boot/x",
        "var/lib/dpkg/status",
        "var/tmpfile",
    ],
)
def test_what_belongs_to_the_image_is_not(path: str) -> None:
    assert find(path, directory=False) is None


def test_folders_of_logs_stay_but_the_journal_goes() -> None:
    assert find("var/log/apt", directory=True) is None
    assert find("var/log/journal/0123", directory=True) is not None


def test_each_kind_of_leftover_on_a_disk_is_a_violation() -> None:
    for leftover in LEFTOVERS:
        below = leftover.action in {Action.DROP_CONTENTS, Action.DROP_FILES}
        path = leftover.pattern.replace("*", "x") + ("/x" if below else "")
        expected = 0 if leftover.action is Action.REPLACE else 1
        assert len(violations([entry(path)])) == expected, leftover


def test_empty_files_and_kept_folders_are_no_violation() -> None:
    assert not violations([entry("etc/machine-id", size=0), entry("tmp", kind="directory")])
    assert not violations([entry("var/log/apt", kind="directory")])


def test_list_survives_the_facts_file() -> None:
    facts = json.loads(json.dumps(as_facts({"etc/hosts": "127.0.0.1 localhost\n"})))
    assert from_facts(facts) == LEFTOVERS
    (hosts,) = (fact for fact in facts if fact["pattern"] == "etc/hosts")
    assert hosts["content"] == "127.0.0.1 localhost\n"
