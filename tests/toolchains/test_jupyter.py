"""JupyterLab's service starts for a user, lets only that user in, and executes a notebook."""

from __future__ import annotations

from typing import Any

import pytest
from harness.facts import Environment, Facts
from harness.work import Work


def first_kernel(facts: Facts) -> tuple[str, str]:
    """Name and interpreter of a kernel that every user has."""
    assert facts.kernels, "no environment of this image registers a kernel"
    return next(iter(facts.kernels.items()))


@pytest.mark.tcg
@pytest.mark.services("jupyterlab@{user}.service")
@pytest.mark.levels("container", "vm", "azure")
def test_the_service_executes_a_notebook(host: Any, work: Work, facts: Facts) -> None:
    kernel, python = first_kernel(facts)
    code = ["print(6 * 7)", "import sys; print(sys.prefix)"]
    unit = f"jupyterlab@{facts.user}.service"
    own = facts.environment(facts.variable("jupyter_environment"))
    assert host.run("systemctl start %s", unit).rc == 0
    try:
        report = work("jupyter_server.py", kernel, *code, interpreter=[own.python])
    finally:
        host.run("systemctl stop %s", unit)
    assert report["work"] == {
        "session": 201,
        "saved": 201,
        "outputs": ["42\n", python.removesuffix("/bin/python") + "\n"],
    }
    assert (report["login"], report["lab"], report["tree"]) == (200, 200, 200)
    refused = ("no_token", "wrong_token", "wrong_password", "no_xsrf")
    assert {name: report[name] for name in refused} == dict.fromkeys(refused, 403)
    assert report["listening"] == [facts.variable("jupyter_address")]
    assert report["port"] in range(facts.variable("jupyter_port"), 65536)
    assert report["news"] == "false"
    assert report["kernels"] == facts.kernels
    assert report["default"] == "python3" or "python3" not in facts.kernels


@pytest.mark.levels("container", "vm", "azure")
def test_notebooks_execute_from_the_command_line(work: Work, facts: Facts) -> None:
    kernel, python = first_kernel(facts)
    report = work("nbconvert.py", kernel, interpreter=["/usr/bin/python3"])
    assert report["returncode"] == 0, report["said"]
    assert report["outputs"] == ["42\n", python.removesuffix("/bin/python") + "\n"]


@pytest.mark.levels("container", "vm", "azure")
def test_the_service_starts_only_where_asked(host: Any, facts: Facts) -> None:
    wanted = set(facts.variable("jupyter_enabled_users"))
    enabled = host.run("ls /etc/systemd/system/multi-user.target.wants").stdout.split()
    found = {name[11:-8] for name in enabled if name.startswith("jupyterlab@")}
    assert found == wanted


@pytest.mark.needs("ipykernel", "plotly", default=True)
@pytest.mark.levels("container", "vm", "azure")
def test_figures_of_the_default_environment_are_drawn(work: Work, environment: Environment) -> None:
    report = work("front_ends.py", interpreter=[environment.python])
    assert "jupyterlab-plotly" in report["brought"]
    widgets = "@jupyter-widgets/jupyterlab-manager" in report["brought"]
    assert widgets or not environment.has("ipywidgets")
    assert (report["found"], report["broken"]) == (report["brought"], [])
