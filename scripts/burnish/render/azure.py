"""Takes a plan and a target; gives the Packer template of a build on a VM in Azure, and what goes with it.

One template for spot capacity where the target asks for it, one without, and one reduced to what Debian's
Packer 1.6.6 knows, which is only ever checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from burnish.errors import BuildError
from burnish.model.azure_options import OptionTable
from burnish.model.image import Target
from burnish.model.plan import Layer, Plan
from burnish.model.verdict import PROVER
from burnish.render import azure_windows, windows
from burnish.render.azure_options import Block, problems, reduced
from burnish.render.azure_source import Variable, source, variables_of
from burnish.render.generalise import FIRST, FORGET, LAST, SANDBOX, USER
from burnish.render.hcl import environment
from burnish.render.layer import LayerPaths, variables

PLAIN, SPOT, REDUCED = "azure-arm.pkr.hcl", "azure-arm-spot.pkr.hcl", "reduced/azure-arm.pkr.hcl"
# What 1.6.6 asks for besides: it publishes by way of a managed image only.
MANAGED = {"managed_image_name": "reduced", "managed_image_resource_group_name": "reduced"}
DESTINATION = "shared_image_gallery_destination"
BESIDE = "{{ playbook_dir }}/.."
UV = "{{ lookup('ansible.builtin.env', 'BURNISH_UV') }}"
# Why Packer's own Ansible provisioner does not apply the layers.
OWN_ANSIBLE = {
    "linux": "its SSH proxy is five to ten times slower",
    "windows": "it hands the password over as an argument, which every user of this machine can read",
}


@dataclass(frozen=True, kw_only=True)
class AzureBuild:
    """Where a plan is built in Azure, and how one signs in there (`gallery.azure.login.Kind`)."""

    target: Target
    table: OptionTable
    templates: Mapping[str, str]
    login: str = "az login"


def render_azure(plan: Plan, *, build: AzureBuild) -> dict[str, str]:
    """Every file of the build, by path. BuildError for options that azure-arm would not take."""
    files = {PLAIN: _template(plan, build, spot=False)}
    if build.target.machine.spot:
        files[SPOT] = _template(plan, build, spot=True)
    files[REDUCED] = _template(plan, build, spot=False, less=True)
    jinja = environment()
    plugins = jinja.from_string(build.templates["plugins.pkr.hcl.j2"])
    files["plugins/plugins.pkr.hcl"] = plugins.render(plugins=_plugins(build.table))
    if plan.base.os == "linux":
        files |= {"apply": _apply(build.templates), "origin.txt": origin(plan)}
        files |= {name: build.templates[name] for name in (FORGET, SANDBOX)}
    else:
        files |= azure_windows.files(plan, build.templates)
    for layer in _layers(plan):
        text = json.dumps(_variables(plan, layer), indent=2, sort_keys=True)
        files[f"{layer.name}.json"] = f"{text}\n"
        # an environment whose pins are open has no file yet: `plan` says so, and no build begins
        known = [name for name in layer.python if name in plan.lock.python]
        files |= {f"{name}.txt": plan.lock.python[name].requirements() for name in known}
    return files


def _plugins(table: OptionTable) -> tuple[tuple[str, str], ...]:
    """What `packer init` brings: of azure no release that may not know an option of the table."""
    major, minor = table.lowest
    return ("ansible", ">= 1.1.0, < 2.0.0"), ("azure", f">= {major}.{minor}.0, < {major + 1}.0.0")


def origin(plan: Plan) -> str:
    """What dpkg has to have on the machine before the first layer, in the order of bytes."""
    rootfs = plan.lock.rootfs
    pins = sorted(each.pin for each in rootfs.packages) if rootfs else []
    return "".join(f"{pin}\n" for pin in pins)


def _apply(templates: Mapping[str, str]) -> str:
    """The program that applies layers and has the checks run, over SSH."""
    return (
        environment()
        .from_string(templates["azure-apply.sh.j2"])
        .render(user=USER, prover=PROVER, sandbox=SANDBOX, generalise=FORGET)
    )


def _template(plan: Plan, build: AzureBuild, *, spot: bool, less: bool = False) -> str:
    # nobody signs in to have a template looked at
    login = "az login" if less else build.login
    options = source(plan, build.target, login=login, spot=spot)
    found = problems(options, build.table)
    if found:
        raise BuildError(
            "\n".join([f"{plan.image.name}: azure-arm would not take its options:", *found]),
            hint="packer/azure-arm/options.yaml is the table; is a rendered option wrong?",
        )
    if less:
        options = _older(reduced(options, build.table), build.target)
    market = plan.base.marketplace
    assert market is not None
    used: list[Variable] = variables_of(options, build.target)
    return (
        environment()
        .from_string(build.templates["azure-arm.pkr.hcl.j2"])
        .render(
            image=plan.image,
            origin=":".join([market.publisher, market.offer, market.sku, market.version]),
            variables=used,
            options=options,
            layers=[layer.name for layer in _layers(plan)],
            first=FIRST[plan.base.os],
            last=LAST[plan.base.os],
            beside=OWN_ANSIBLE[plan.base.os],
            reduced=less,
        )
    )


def _older(options: dict[str, Any], target: Target) -> dict[str, Any]:
    """Options as 1.6.6 wants them, which knows no `target_region`."""
    destination = {**options[DESTINATION], "replication_regions": [target.location]}
    return {**options, **MANAGED, DESTINATION: Block(destination)}


def _layers(plan: Plan) -> list[Layer]:
    return [layer for layer in plan.layers if layer.roles]


def _variables(plan: Plan, layer: Layer) -> dict[str, object]:
    """The variables of a layer's playbook: on Linux the same as where a container is made, as root."""
    if plan.base.os == "linux":
        paths = LayerPaths(repository="", ansible_playbook="", uv=UV, folder=BESIDE)
        on_machine = {"burnish_become": True, "burnish_running": True}
        return {**variables(plan, layer, paths=paths), **on_machine}
    return windows.variables(plan, layer, folder=BESIDE)
