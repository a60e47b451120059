"""Takes a plan; gives the Packer template of a build on a VM in Azure, and its layers' variables."""

from __future__ import annotations

import json
from collections.abc import Mapping

from burnish.model.plan import Plan
from burnish.render.hcl import environment

PLUGINS = (("ansible", ">= 1.1.0, < 2.0.0"), ("azure", ">= 2.0.0, < 3.0.0"))


def render_azure(plan: Plan, *, templates: Mapping[str, str]) -> dict[str, str]:
    """Every file of the build, by path. Nothing here was built yet: publishing comes later."""
    jinja = environment()
    layers = [layer for layer in plan.layers if layer.roles]
    playbook = "ansible/windows.yml" if plan.base.os == "windows" else "ansible/linux.yml"
    text = jinja.from_string(templates["azure-arm.pkr.hcl.j2"]).render(
        image=plan.image,
        market=plan.base.marketplace,
        os_type=plan.base.os.capitalize(),
        communicator=plan.base.communicator,
        plan=plan.id,
        layers=[layer.name for layer in layers],
        playbook=playbook,
    )
    plugins = jinja.from_string(templates["plugins.pkr.hcl.j2"]).render(plugins=PLUGINS)
    files = {"azure-arm.pkr.hcl": text, "plugins/plugins.pkr.hcl": plugins}
    for layer in layers:
        variables = {**layer.vars, "burnish_flavour": plan.image.flavour}
        variables["burnish_roles"] = list(layer.roles)
        files[f"{layer.name}.json"] = json.dumps(variables, indent=2, sort_keys=True) + "\n"
    return files
