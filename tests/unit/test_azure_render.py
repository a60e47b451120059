"""A build on a VM in Azure, rendered: its options, its variables, its steps, and no secret anywhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import azure_builds
import checkout
import pytest
from burnish.catalog.load import load
from burnish.errors import BuildError
from burnish.gallery.azure import login as logins
from burnish.model.base import Base
from burnish.model.catalog import Catalog
from burnish.model.plan import Plan
from burnish.model.verdict import PROVER
from burnish.render.azure import PLAIN, REDUCED, SPOT, render_azure
from burnish.render.azure_source import ENVIRONMENT, LOGINS, source

NAME = re.compile(r"^  (\w+) (?:=|\{)", re.MULTILINE)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load([checkout.write(tmp_path_factory.mktemp("catalog"))])


@pytest.fixture
def plan(catalog: Catalog) -> Plan:
    return checkout.plan_of(catalog)


def rendered(plan: Plan, *, login: str = "az login", **machine: Any) -> dict[str, str]:
    target = azure_builds.target(**machine)
    return render_azure(plan, build=azure_builds.build(target, login=login))


def options_of(text: str) -> str:
    """The source block alone."""
    return text.partition('source "azure-arm"')[2].partition("\n}\n")[0]


def test_what_is_written_is_what_was_checked(plan: Plan) -> None:
    target = azure_builds.target(spot=True, inbound=("192.0.2.7",))
    text = options_of(render_azure(plan, build=azure_builds.build(target))[SPOT])
    wanted = source(plan, target, login="az login", spot=True)
    assert NAME.findall(text) == [*wanted]
    assert 'spot {\n    eviction_policy = "Delete"\n  }' in text


def test_trusted_launch_follows_the_image(plan: Plan) -> None:
    assert 'security_type = "TrustedLaunch"' in rendered(plan)[PLAIN]
    plain = replace(plan, image=replace(plan.image, security="standard"))
    assert "security_type" not in rendered(plain)[PLAIN]
    old: Base = replace(plan.base, generation="V1")
    assert "vtpm_enabled" not in rendered(replace(plan, base=old))[PLAIN]


def test_spot_is_a_rendering_of_its_own(plan: Plan) -> None:
    assert SPOT not in rendered(plan)
    found = rendered(plan, spot=True, max_price=0.25, inbound=("192.0.2.7",))
    assert "max_price = 0.25" in found[SPOT]
    assert "spot" not in options_of(found[PLAIN])


def test_the_size_is_the_flavours(plan: Plan) -> None:
    assert 'vm_size = "Standard_D4s_v5"' in rendered(plan)[PLAIN]
    sizes = {"cpu": "Standard_D8s_v5", "gpu": "Standard_NC4as_T4_v3"}
    assert 'vm_size = "Standard_D8s_v5"' in rendered(plan, sizes=sizes)[PLAIN]


def test_the_machine_is_reached_from_few_places(plan: Plan) -> None:
    assert 'allowed_inbound_ip_addresses = ["192.0.2.7"]' in rendered(plan)[PLAIN]
    inner = rendered(plan, network=azure_builds.NETWORK)[PLAIN]
    assert "private_virtual_network_with_public_ip = false" in inner
    assert 'virtual_network_subnet_name = "builds"' in inner
    assert "allowed_inbound_ip_addresses" not in inner


def test_identities_are_given(plan: Plan) -> None:
    text = rendered(plan, identities=(azure_builds.IDENTITY,))[PLAIN]
    assert f'user_assigned_managed_identities = ["{azure_builds.IDENTITY}"]' in text


def test_the_version_is_a_candidate_in_one_region(plan: Plan) -> None:
    text = rendered(plan)[PLAIN]
    assert "shared_gallery_image_version_exclude_from_latest = true" in text
    assert text.count("target_region {") == 1
    assert 'name = "westeurope"\n      replicas = 2' in text
    assert f'"burnish-plan" = "{plan.id}"' in text
    assert '"burnish-expires" = var.expires' in text


@pytest.mark.parametrize("login", LOGINS)
def test_credentials_come_from_the_environment_alone(plan: Plan, login: str) -> None:
    text = rendered(plan, login=login)[PLAIN]
    for name in LOGINS[login]:
        assert re.search(rf"  {name} = (file\()?var\.{name}", text), name
        assert (
            f'variable "{name}" {{\n  type = string\n  default = env("{ENVIRONMENT[name]}")' in text
        )
    assert ("use_azure_cli_auth = true" in text) == (login == "az login")
    assert not re.search(r'(secret|token|password|jwt)\w* *= *"', text)
    assert text.count("sensitive = true") == sum(
        name in ("client_secret", "oidc_request_token") for name in LOGINS[login]
    )


def test_every_way_to_sign_in_is_known(plan: Plan) -> None:
    assert set(LOGINS) == set(logins.Kind.__args__)  # type: ignore[attr-defined]


def test_every_layer_is_applied_in_turn_then_checked_and_forgetting_comes_last(plan: Plan) -> None:
    found = rendered(plan)
    steps = re.findall(r"sh \./apply (.*?)\"", found[PLAIN])
    assert steps == [
        "origin '${build.Host}'",
        *(f"layer '${{build.Host}}' {layer.name}" for layer in plan.layers[1:]),
        "checks '${build.Host}'",
    ]
    last = found[PLAIN].rpartition("provisioner ")[2]
    assert 'script = "linux/generalise.sh"' in last
    assert 'execute_command = "sudo sh -e {{ .Path }} packer"' in last
    assert "-force -deprovision+user" in found["linux/generalise.sh"]
    assert 'provisioner "ansible"' not in found[PLAIN]


def test_the_machine_is_told_that_it_runs_and_its_checks_are_rehearsed_with_its_end(
    plan: Plan,
) -> None:
    found = rendered(plan)
    assert json.loads(found["base.json"])["burnish_running"] is True
    assert "linux/sandbox.sh:sandbox linux/generalise.sh:generalise" in found["apply"]
    assert f"sandbox start {PROVER}" in found["apply"]


def test_the_variables_are_those_of_a_layer_made_here(plan: Plan) -> None:
    found = rendered(plan)
    base, ml = (json.loads(found[f"{name}.json"]) for name in ("base", "python-ml"))
    assert (base["burnish_roles"], base["burnish_become"]) == (["base"], True)
    assert base["burnish_packages"] == ["bash=1.0-1", "jq=1.0-1", "linux-image-cloud=1.0-1"]
    assert ml["burnish_python_locks"] == {"ml": "{{ playbook_dir }}/../ml.txt"}
    assert found["ml.txt"].startswith("numpy==1.0 --hash=")
    assert found["origin.txt"] == "bash=1.0-1\nlinux-image-cloud=1.0-1\n"


def test_the_reduced_one_has_nothing_that_1_6_6_does_not_know(plan: Plan) -> None:
    text = options_of(rendered(plan)[REDUCED])
    newer = {name.rpartition(".")[2] for name in checkout.real().azure_options.newer}
    assert not newer & set(re.findall(r"^ +(\w+) (?:=|\{)", text, re.MULTILINE))
    assert "Reduced: only what Packer 1.6.6 knows" in rendered(plan)[REDUCED]


def test_options_that_azure_arm_would_not_take_are_refused(plan: Plan) -> None:
    both: dict[str, Any] = {"network": azure_builds.NETWORK, "inbound": ("192.0.2.7",)}
    assert "virtual_network_name" in rendered(plan, **both)[PLAIN]
    odd = replace(plan, image=replace(plan.image, disk_gb="16"))  # type: ignore[arg-type]
    with pytest.raises(BuildError) as caught:
        rendered(odd)
    assert caught.value.message == (
        "tiny-cpu: azure-arm would not take its options:\n"
        "os_disk_size_gb: string, and it takes a number"
    )


def test_a_hostile_value_stays_a_value(plan: Plan) -> None:
    odd = replace(plan, image=replace(plan.image, vm_size='x"\n${file("/etc/passwd")}'))
    text = rendered(odd)[PLAIN]
    assert 'vm_size = "x\\"\\n$${file(\\"/etc/passwd\\")}"' in text
