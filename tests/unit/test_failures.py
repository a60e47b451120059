"""What a failed build said decides whether it is tried again."""

from __future__ import annotations

import pytest
from burnish.plan.failures import CHECKS, KINDS, OTHER, kind_of

SAID = {
    "mirror in mid-sync": "E: Failed to fetch Packages.xz  Hash Sum mismatch",
    "apt is locked": "E: Could not get lock /var/lib/dpkg/lock-frontend",
    "no answer": "requests: ('Connection aborted.', RemoteDisconnected('Remote end closed'))",
    "deadline": "burnish: stopped after 1800 s",
    "killed": "ansible-playbook site.yml: exit code 137",
    "disk full": "tar: write error: No space left on device",
    "certificate": "the index answers with a certificate that is not trusted here",
}


@pytest.mark.parametrize(("name", "said"), SAID.items())
def test_a_failure_is_known_by_its_words(name: str, said: str) -> None:
    assert kind_of(f"before\n{said}\nafter", code=4).name == name


def test_every_kind_has_its_words_here() -> None:
    assert {kind.name for kind in KINDS} == set(SAID)


@pytest.mark.parametrize(
    "status", ["502 Bad Gateway", "503 Service Unavailable", "429 Too Many Requests"]
)
def test_an_overloaded_server_is_asked_again(status: str) -> None:
    found = kind_of(f"failed to fetch: HTTP status {status}", code=7)
    assert (found.name, found.asks) == ("no answer", True)


@pytest.mark.parametrize(
    "said",
    [
        "error: the Python index can't be reached",
        "error: the npm registry can't be reached",
        "  | Caused by: operation timed out",
        "error: no mirror answers for bookworm, nothing built",
    ],
)
def test_a_source_that_burnish_could_not_reach_is_asked_again(said: str) -> None:
    found = kind_of(said, code=7)
    assert (found.name, found.asks) == ("no answer", True)


def test_what_waiting_does_not_mend_is_tried_once() -> None:
    once = {kind.name for kind in KINDS if kind.tries == 1}
    assert once == {"disk full", "certificate"}
    assert OTHER.tries == CHECKS.tries == 1


def test_failed_checks_are_never_tried_again_whatever_they_said() -> None:
    assert kind_of("Hash Sum mismatch", code=5) is CHECKS


def test_a_full_disk_is_named_before_what_it_causes() -> None:
    said = "Hash Sum mismatch\nwrite error: No space left on device"
    assert kind_of(said, code=4).name == "disk full"


@pytest.mark.parametrize("code", [137, -9])
def test_a_killed_child_needs_no_words(code: int) -> None:
    assert kind_of("", code=code).name == "killed"


def test_a_role_that_fails_is_a_build_failure() -> None:
    assert kind_of('fatal: [image]: FAILED! => {"msg": "no such option 501"}', code=4) is OTHER
