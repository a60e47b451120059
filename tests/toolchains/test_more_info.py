"""`more-info` tells what is on the machine: all that is there, nothing that is not."""

from __future__ import annotations

import pytest
from harness.facts import Facts
from harness.work import Work

SYSTEM = ["/usr/bin/python3"]
# What each role is told by, and the package whose version must be told.
TOOLS = {"r": {"R": "r-base-core"}, "base": {"Git": "git"}}


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_it_tells_what_is_there(work: Work, facts: Facts) -> None:
    packages = {name: p for role in facts.roles for name, p in TOOLS.get(role, {}).items()}
    pairs = [f"{name}={package}" for name, package in packages.items()]
    report = work("more_info.py", *pairs, interpreter=SYSTEM)
    told = report["told"]
    assert (told["image"], told["missing"], told["returncode"]) == (facts.image, [], 0)
    assert {each["name"]: each["version"] for each in told["environments"]} == report["python"]
    assert report["python"].keys() == {each.name for each in facts.environments}
    assert {each["name"]: each["program"] for each in told["kernels"]} == facts.kernels
    versions = {each["name"]: each["version"] for each in told["tools"]}
    for name in packages:
        assert versions[name] in report["packages"][name], name
    units = {each["unit"]: each for each in told["services"]}
    if "jupyter" in facts.roles:
        assert units[f"jupyterlab@{facts.user}.service"]["port"] == facts.variable("jupyter_port")
    without = {each["name"] for each in told["left_out"]}
    assert without.isdisjoint(layer.id for layer in facts.layers)
    listed = (*told["environments"], *told["tools"], *told["kernels"], *told["left_out"])
    assert [each["name"] for each in listed if each["name"] not in report["page"]] == []
    assert "NOT THERE" not in report["page"]


@pytest.mark.levels("container", "vm", "azure")
def test_it_says_what_is_gone(work: Work) -> None:
    told = work("more_info.py", interpreter=SYSTEM)["with_more"]
    assert told["returncode"] == 1
    assert told["missing"] == [
        "environments: gone", "kernels: gone", "tools: Gone", "tools: Led", "services: gone.service",
    ]  # fmt: skip


@pytest.mark.services("ssh.service")
@pytest.mark.levels("container", "vm", "azure")
def test_a_login_leads_to_it(work: Work, facts: Facts) -> None:
    lines = work("login_lines.py", interpreter=SYSTEM)
    assert lines.count(facts.variable("more_info_motd")) == 1, lines
