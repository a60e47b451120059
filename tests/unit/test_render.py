"""Rendered builds: what a layer's playbook is told, and that nothing of the site stands in it."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import checkout
import makers
import pytest
from burnish.catalog.load import load
from burnish.model.catalog import Catalog
from burnish.model.plan import Layer, Plan
from burnish.render.layer import LayerPaths, render_layer, tag

PATHS = LayerPaths(
    repository="burnish/layer",
    ansible_playbook="/venv/bin/ansible-playbook",
    uv="/venv/bin/uv",
    folder="/checkout/it's here",
    volumes=("/c:/run/burnish/uv",),
    network=("--network", "host"),
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load([checkout.write(tmp_path_factory.mktemp("catalog"))])


@pytest.fixture
def plan(catalog: Catalog) -> Plan:
    return checkout.plan_of(catalog)


def files(catalog: Catalog, plan: Plan, *, name: str) -> tuple[Layer, dict[str, str]]:
    layer = makers.by_name(plan)[name]
    return layer, render_layer(plan, layer, paths=PATHS, templates=catalog.templates)


def test_the_template_names_parent_label_and_tag(catalog: Catalog, plan: Plan) -> None:
    layer, found = files(catalog, plan, name="base")
    text = found["layer.pkr.hcl"]
    assert f'image       = "burnish/layer:{layer.parent[:32]}"' in text
    assert f'"LABEL burnish.layer={layer.id}", "CMD [\\"/sbin/init\\"]"' in text
    assert f'tag        = ["{tag(layer.id)}"]' in text
    assert '"--volume", "/c:/run/burnish/uv", "--network", "host", "{{.Image}}"' in text


def test_the_playbook_survives_any_folder(catalog: Catalog, plan: Plan) -> None:
    _, found = files(catalog, plan, name="base")
    line = next(line for line in found["layer.pkr.hcl"].splitlines() if "inline" in line)
    command = json.loads(line.partition("= ")[2])[0]
    words = shlex.split(command)
    assert words[:4] == ["cd", "/checkout/it's here", "&&", "/venv/bin/ansible-playbook"]
    assert words[-3:] == ["ansible/linux.yml", "-i", "${build.ID},"]


def test_variables_of_a_layer(catalog: Catalog, plan: Plan) -> None:
    layer, found = files(catalog, plan, name="python-ml")
    told = json.loads(found["layer.json"])
    environment = told.pop("burnish_environment")
    assert told == {
        "python_environment": "ml",
        "python_requirements": ["numpy"],
        "burnish_apt": False,
        "burnish_epoch": layer.epoch,
        "burnish_flavour": "cpu",
        "burnish_packages": ["bash=1.0-1", "jq=1.0-1", "linux-image-cloud=1.0-1"],
        "burnish_python_locks": {"ml": "/checkout/it's here/ml.txt"},
        "burnish_roles": ["python"],
        "burnish_uv": "/venv/bin/uv",
    }
    assert f'"SOURCE_DATE_EPOCH": "{layer.epoch}"' in environment
    assert "lookup('ansible.builtin.env', 'BURNISH_TRANSPORT'" in environment


def test_requirements_are_written_for_layers_with_an_environment(
    catalog: Catalog, plan: Plan
) -> None:
    assert files(catalog, plan, name="python-ml")[1]["ml.txt"] == (
        f"numpy==1.0 --hash=sha256:{makers.sha('numpy1.0')}\n"
    )
    assert "ml.txt" not in files(catalog, plan, name="extra")[1]


def test_plugins_stand_in_a_file_of_their_own(catalog: Catalog, plan: Plan) -> None:
    _, found = files(catalog, plan, name="base")
    assert "required_plugins" not in found["layer.pkr.hcl"]
    assert "github.com/hashicorp/docker" in found["plugins/plugins.pkr.hcl"]


def test_values_pass_the_filter(catalog: Catalog, plan: Plan) -> None:
    hostile = replace(PATHS, repository='x"\n${file("/etc/passwd")}', volumes=("a\n${b}:/c",))
    layer = plan.layers[1]
    text = render_layer(plan, layer, paths=hostile, templates=catalog.templates)["layer.pkr.hcl"]
    assert text.count("${") == text.count("$${") + 1
    assert '"a\\n$${b}:/c"' in text
