"""A layer on Windows, rendered: what its playbook is told, and what of the site is told at run time alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import azure_builds
import checkout
import makers
import pytest
import windows_plans
from burnish.model.site import DownloadMirror, PythonIndex, Site
from burnish.render import windows
from burnish.render.azure import render_azure
from jinja2.nativetypes import NativeEnvironment
from windows_plans import URL


def rendered(tmp_path: Path) -> dict[str, str]:
    return render_azure(
        windows_plans.plan(tmp_path), build=azure_builds.build(azure_builds.target())
    )


def test_a_layer_on_windows_is_told_what_it_needs(tmp_path: Path) -> None:
    files = rendered(tmp_path)
    told = json.loads(files["python-ml.json"])
    assert told["burnish_python_locks"] == {"ml": "{{ playbook_dir }}/../ml@windows.txt"}
    assert files["ml@windows.txt"].startswith("numpy==1.0 --hash=sha256:")
    assert told["burnish_downloads"] == {
        "setup.exe": {
            "url": '{{ burnish_mirror ~ "/publisher.test/v1/setup.exe" if burnish_mirror else '
            f'"{URL}" }}}}',
            "sha256": makers.sha("setup"),
        }
    }
    assert told["burnish_downloads_windows"] == "C:\\burnish\\downloads"
    assert (told["burnish_roles"], told["burnish_contents"]) == (["python"], {})
    assert json.loads(files["python-ml.json"])["python_environment"] == "ml"


@pytest.mark.parametrize(
    ("given", "option"),
    [({}, False), ({"license_type": "Windows_Server"}, True)],
)
def test_hybrid_benefit_is_a_setting_of_the_machine(
    tmp_path: Path, given: dict[str, str], option: bool
) -> None:
    build = azure_builds.build(azure_builds.target(**given))
    text = render_azure(windows_plans.plan(tmp_path), build=build)["azure-arm.pkr.hcl"]
    assert ('license_type = "Windows_Server"' in text) == option
    linux = checkout.resolved(checkout.write(tmp_path / "linux"))
    assert "license_type" not in render_azure(linux, build=build)["azure-arm.pkr.hcl"]


@pytest.mark.parametrize(
    ("transport", "url", "index"),
    [
        ("{}", URL, None),
        (
            '{"BURNISH_DOWNLOADS_MIRROR": "https://m.test/x", "UV_DEFAULT_INDEX": "https://i.test"}',
            "https://m.test/x/publisher.test/v1/setup.exe",
            "https://i.test",
        ),
    ],
)
def test_what_ansible_makes_of_it(
    tmp_path: Path, transport: str, url: str, index: str | None
) -> None:
    told = json.loads(rendered(tmp_path)["python-ml.json"])
    jinja = NativeEnvironment()
    jinja.filters["from_json"] = json.loads
    jinja.filters["combine"] = lambda one, other: {**one, **other}
    asked = {"lookup": lambda *_, default: transport or default}
    mirror = jinja.from_string(told["burnish_mirror"]).render(asked)
    address = jinja.from_string(told["burnish_downloads"]["setup.exe"]["url"])
    assert address.render(burnish_mirror=mirror) == url
    environment: Any = jinja.from_string(told["burnish_environment"]).render(asked)
    assert environment.get("UV_DEFAULT_INDEX") == index
    assert environment["SOURCE_DATE_EPOCH"] == str(makers.python_lock("numpy").epoch)


def test_what_a_machine_elsewhere_is_told_of_a_site() -> None:
    near = Site(downloads=DownloadMirror(mirror="/srv/files"))
    assert windows.transport(near) == {}
    far = Site(
        downloads=DownloadMirror(mirror="https://m.test/x/"),
        python=PythonIndex(index_url="https://i.test", extra_index_urls=("https://j.test",)),
    )
    assert windows.transport(far) == {
        "BURNISH_DOWNLOADS_MIRROR": "https://m.test/x",
        "UV_DEFAULT_INDEX": "https://i.test",
        "UV_INDEX": "https://j.test",
    }
