"""What is special to the role `more_info`, on its journal."""

from __future__ import annotations

import base64
import json

from simulator.state import State


def text(machine: State, path: str) -> str:
    found = machine.file(path)
    assert found, path
    return base64.b64decode(found["content"]).decode()


def test_it_is_told_where_things_lie_on_windows(machine: State) -> None:
    told = json.loads(text(machine, r"C:\ProgramData\burnish\contents.json"))
    python = {each["name"]: each["python"] for each in told["environments"]}
    assert python["ml"] == r"C:\envs\ml\Scripts\python.exe"
    assert told["services"] == []
    tools = {each["name"]: each["start"] for each in told["tools"]}
    assert r"C:\samples" in tools.values()


def test_the_command_runs_it_by_the_default_environment(machine: State) -> None:
    line = r'"C:\envs\ml\Scripts\python.exe" "C:\ProgramData\burnish\more_info.py" %*'
    assert line in text(machine, r"C:\envs\bin\more-info.cmd").split("\r\n")
    assert "def look(" in text(machine, r"C:\ProgramData\burnish\more_info.py")
