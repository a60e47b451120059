"""A normal user works on the release that was asked for, wherever it runs."""

from __future__ import annotations

import pytest
from harness.facts import Facts
from harness.work import Work


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_a_user_works_on_this_release(work: Work, facts: Facts) -> None:
    report = work("who.py", interpreter=["/usr/bin/python3"])
    assert report == {"user": facts.user, "codename": facts.release, "home": f"/home/{facts.user}"}
