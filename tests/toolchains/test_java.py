"""Java compiles and runs, and trusts whom the system trusts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness.facts import Facts
from harness.work import Work

SYSTEM = ["/usr/bin/python3"]
# What Spark 4 and H2O ask for at least.
OLDEST = 17


@pytest.mark.levels("container", "vm", "azure")
def test_a_program_is_compiled_packed_and_run(
    work: Work, facts: Facts, real: Callable[[str], None]
) -> None:
    real("openjdk-*-jdk-headless")
    report = work("java.py", interpreter=SYSTEM)
    total, trusted, version, dates, newest = report["at_once"]
    assert total == "338350"
    assert int(trusted) > 100, "certificates that Java trusts"
    assert int(version) >= OLDEST
    assert int(dates) == 1, "Java's certificates are of several times"
    assert int(newest) <= facts.epoch, "Java's certificates have the time of the build"
    assert (report["compiled"], report["packed"]) == ("", "")
    assert report["from_jar"] == report["at_once"]
    assert report["home_has_java"] == facts.variable("java_set_home"), report["home"]
