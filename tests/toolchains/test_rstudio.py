"""RStudio Server: it is up where it was set up, lets in who has the password, and uses the image's R."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness.facts import Facts
from harness.work import Work

UNIT = "rstudio-server.service"
LOGIN = "/auth-sign-in"
USER, PASSWORD = "burnish-check", "a long one, for a check"
KEY = "/var/lib/rstudio-server/secure-cookie-key"
FIXTURE = "the path only: a fixture plays RStudio Server, which was not verified here"


@pytest.fixture
def version(host: Any, record: Callable[[str], None]) -> str:
    """The installed version; the report says where it is that of a fixture."""
    shown = host.run("dpkg-query --show --showformat='${Version}' rstudio-server")
    assert shown.rc == 0, "the package rstudio-server is not installed"
    if "fixture" in shown.stdout:
        record(FIXTURE)
    return str(shown.stdout)


@pytest.fixture
def running(host: Any) -> Iterator[None]:
    """The service, whether it starts with the machine or not."""
    before = host.service(UNIT).is_running
    assert host.run("systemctl start %s", UNIT).rc == 0
    listens = "ss --no-header --listening --tcp --processes | grep --quiet rserver"
    assert host.run(f"timeout 120 sh -c 'until {listens}; do sleep 0.2; done'").rc == 0
    yield
    if not before:
        host.run("systemctl stop %s", UNIT)


@pytest.fixture
def person(host: Any) -> Iterator[str]:
    """A user who has a password."""
    assert host.run("useradd --create-home %s", USER).rc == 0
    assert host.run("echo %s | chpasswd", f"{USER}:{PASSWORD}").rc == 0
    yield USER
    host.run("userdel --remove %s", USER)


@pytest.mark.tcg
@pytest.mark.services(UNIT)
@pytest.mark.levels("container", "vm", "azure")
def test_it_lets_in_who_has_the_password(
    work: Work, facts: Facts, version: str, running: None, person: str
) -> None:
    address = f"{facts.variable('rstudio_address')}:{facts.variable('rstudio_port')}"
    python = ["/usr/bin/python3"]
    report = work("rstudio.py", f"http://{address}", person, PASSWORD, interpreter=python)
    assert "RStudio" in report.pop("title")
    refused = [LOGIN, 302]
    assert report == {
        "page": 200,
        "stranger": [302, LOGIN],
        "right": ["/", 200],
        "wrong": refused,
        "nobody": refused,
    }


@pytest.mark.services(UNIT)
@pytest.mark.levels("container", "vm", "azure")
def test_it_listens_where_it_was_told(host: Any, facts: Facts, version: str, running: None) -> None:
    assert host.service(UNIT).is_enabled is facts.variable("rstudio_enabled")
    report = host.run("ss --no-header --listening --numeric --tcp --processes").stdout.splitlines()
    address, port = facts.variable("rstudio_address"), facts.variable("rstudio_port")
    assert [line.split()[3] for line in report if '"rserver"' in line] == [f"{address}:{port}"]


@pytest.mark.services(UNIT)
@pytest.mark.levels("container", "vm", "azure")
def test_its_key_is_the_machines_own(host: Any, version: str, running: None) -> None:
    booted, made = (int(host.run("stat --format=%Y " + each).stdout) for each in ("/proc/1", KEY))
    assert made >= booted, "it came with the image"
    assert host.file(KEY).mode & 0o077 == 0, "others can read it"


@pytest.mark.levels("container", "vm", "azure")
def test_it_is_the_version_asked_for(host: Any, facts: Facts, version: str) -> None:
    assert version == facts.variable("rstudio_version")
    assert host.run("rstudio-server version").stdout.split()[0] == version


@pytest.mark.services(UNIT)
@pytest.mark.levels("container", "vm", "azure")
def test_its_installation_is_sound(host: Any, facts: Facts, version: str, running: None) -> None:
    conf = host.file("/etc/rstudio/rserver.conf").content_string.splitlines()
    assert f"rsession-which-r={facts.variable('rstudio_r')}" in conf
    host.run("systemctl stop %s", UNIT)
    try:
        done = host.run("rstudio-server verify-installation")
    finally:
        host.run("systemctl start %s", UNIT)
    assert done.rc == 0, done.stdout + done.stderr
