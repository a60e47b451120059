"""What is special to the role `java`, on its journal."""

from __future__ import annotations

from simulator.state import State


def test_people_and_programs_find_it(machine: State) -> None:
    given = machine.environment["machine"]
    assert given["JAVA_HOME"] == r"C:\java\jdk-21.0.12.1+1"
    assert given["PATH"].endswith(r";C:\java\jdk-21.0.12.1+1\bin")
    assert machine.file(rf"{given['JAVA_HOME']}\bin\java.exe")
