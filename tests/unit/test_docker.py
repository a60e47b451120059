"""Docker's flags by what a host can do, and what its answers mean."""

from __future__ import annotations

import json
from typing import Any

import makers
import pytest
from burnish import host, process
from burnish.build import docker
from burnish.errors import ToolError
from burnish.model.command import Command, Completed


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """Every call of Docker, answered with nothing."""
    made: list[Command] = []

    def run(command: Command, **_: object) -> Completed:
        made.append(command)
        return Completed(returncode=0, stdout="one two\n", stderr="", seconds=0)

    monkeypatch.setattr(process, "run", run)
    return made


def answers(monkeypatch: pytest.MonkeyPatch, text: str, *, code: int = 0, err: str = "") -> None:
    done = Completed(returncode=code, stdout=text, stderr=err, seconds=0)
    monkeypatch.setattr(process, "run", lambda command, **_: done)


@pytest.mark.parametrize(
    ("cgroup", "privileged", "expected", "absent"),
    [
        (1, True, "--privileged --volume /sys/fs/cgroup:/sys/fs/cgroup:ro", "--cgroupns"),
        (2, True, "--privileged --cgroupns private", "/sys/fs/cgroup:/sys/fs/cgroup:ro"),
        (1, False, "--cap-add SYS_ADMIN --security-opt seccomp=unconfined", "--privileged"),
        (2, False, "--cgroupns private", "--privileged"),
    ],
)
def test_flags_of_a_systemd_container(
    cgroup: int, privileged: bool, expected: str, absent: str
) -> None:
    flags = docker.systemd_flags(makers.host(cgroup=cgroup, privileged=privileged))
    assert expected in " ".join(flags)
    assert absent not in flags
    assert " ".join(flags[:4]) == "--tmpfs /run --tmpfs /run/lock"


def test_images_are_read_from_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    item: dict[str, Any] = {
        "Id": "sha256:i",
        "RootFS": {"Layers": ["a", "b"]},
        "Config": {"Labels": None, "Env": ["X=y"]},
        "Size": 5,
        "RepoTags": ["x/layer:1", "foreign:2"],
    }
    answers(monkeypatch, json.dumps([item]), code=1)
    found = docker.inspect(["x/layer:1", "x/layer:gone"])
    assert list(found) == ["x/layer:1"]
    image = found["x/layer:1"]
    assert (image.diff_ids, image.labels, image.env) == (("a", "b"), {}, ("X=y",))


def test_nothing_is_asked_about_nothing() -> None:
    assert docker.inspect([]) == {}


def test_a_container_is_gone_whatever_happened(calls: list[Command]) -> None:
    with (
        pytest.raises(RuntimeError),
        docker.systemd_container("i", name="n", host=makers.host(), label="l=1"),
    ):
        raise RuntimeError
    assert [call.argv[:3] for call in calls] == [
        ("docker", "rm", "--force"),
        ("docker", "network", "rm"),
        ("docker", "network", "create"),
        ("docker", "run", "--detach"),
        ("docker", "rm", "--force"),
        ("docker", "network", "rm"),
    ]
    assert calls[2].argv[3:] == ("--internal", "--label", "l=1", "n-network")
    assert calls[3].argv[-4:] == ("--network", "n-network", "i", "/sbin/init")
    assert calls[3].argv[5:7] == ("--label", "l=1")


def test_only_labelled_containers_are_swept(calls: list[Command]) -> None:
    docker.sweep("burnish.build=x")
    assert calls[0].argv[-2:] == ("--filter", "label=burnish.build=x")
    assert calls[1].argv == ("docker", "rm", "--force", "one", "two")


@pytest.mark.parametrize(
    ("answer", "err", "reason"),
    [
        ('{"ServerErrors": ["Cannot connect to the daemon"]}', "", "Cannot connect to the daemon"),
        ("", "permission denied", "permission denied"),
    ],
)
def test_a_silent_daemon_is_named(
    monkeypatch: pytest.MonkeyPatch, answer: str, err: str, reason: str
) -> None:
    answers(monkeypatch, answer, code=1, err=err)
    with pytest.raises(ToolError) as caught:
        host._docker_info()
    assert caught.value.message == f"no Docker daemon answers: {reason}"
    assert "systemctl start docker" in caught.value.hint
