"""What of a failed layer's log is shown: the task and what it said, not Packer's words around it."""

from __future__ import annotations

from burnish.build.layers import HEAD, SHOWN, Tasks, cause

PACKER = "    docker.layer: "
BEGIN = ["$ packer build layer.pkr.hcl", "==> docker.layer: Starting docker container..."]
END = [
    f"{PACKER}PLAY RECAP ***",
    f"{PACKER}5d : ok=3 failed=1",
    "==> docker.layer: Killing the container: 5d",
    "==> Builds finished but no artifacts were created.",
]


def log(*said: str) -> list[str]:
    tasks = ["TASK [one : Fine] ***", "ok: [5d]", "", "TASK [one : Break] ***", *said]
    return [*BEGIN, *(PACKER + line for line in tasks), *END]


def test_the_failed_task_is_told_without_packers_words() -> None:
    said = ("[ERROR]: Task failed: no such package", "", "fatal: [5d]: FAILED! =>", "    rc: 1")
    assert cause(log(*said)) == ["TASK [one : Break] ***", *(line for line in said if line)]


def test_a_long_story_keeps_its_beginning_and_its_end() -> None:
    lines = cause(log(*(f"line {n}" for n in range(50))))
    assert len(lines) == SHOWN
    assert lines[:2] == ["TASK [one : Break] ***", "line 0"]
    assert lines[HEAD - 1 : HEAD + 1] == ["line 4", "..."]
    assert lines[-1] == "line 49"


def test_the_seconds_of_tasks_are_those_between_their_names() -> None:
    now = iter((0.0, 100.0, 100.4, 130.0, 131.0))
    shown: list[str] = []
    tasks = Tasks(shown.append, clock=lambda: next(now))
    for name in ("quick", "cuda : Linux | Install", "quick", "last"):
        tasks.line(f"==> docker.layer: TASK [{name}] ****")
        tasks.line("ok: [container]")
    assert shown == ["quick", "cuda : Linux | Install", "quick", "last"]
    assert tasks.took() == {"quick": 129.6, "last": 1.0}


def test_where_no_task_ran_the_last_lines_are_told() -> None:
    lines = [*BEGIN, *(f"==> docker.layer: {n}" for n in range(30))]
    assert cause(lines) == [str(n) for n in range(10, 30)]


def test_a_log_that_ends_in_a_task_is_told_to_its_end() -> None:
    lines = [*BEGIN, f"{PACKER}TASK [one : Hang] ***", "==> docker.layer: Killing the container"]
    assert cause(lines)[-2:] == ["TASK [one : Hang] ***", "Killing the container"]
