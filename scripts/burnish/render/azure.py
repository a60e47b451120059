"""Takes a plan; gives the Packer template of a build on a VM in Azure, and its layers' variables."""

from __future__ import annotations

import json
from collections.abc import Mapping

from burnish.model.plan import Layer, Plan
from burnish.render.hcl import environment
from burnish.render.layer import LayerPaths, variables

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
        text = json.dumps(_variables(plan, layer), indent=2, sort_keys=True)
        files[f"{layer.name}.json"] = f"{text}\n"
        # an environment whose pins are open has no file yet: `plan` says so, and no build begins
        known = [name for name in layer.python if name in plan.lock.python]
        files |= {f"{name}.txt": plan.lock.python[name].requirements() for name in known}
    return files


def _variables(plan: Plan, layer: Layer) -> dict[str, object]:
    """The variables of a layer's playbook: on Linux the same as where a container is made, as root."""
    if plan.base.os == "linux":
        paths = LayerPaths(repository="", ansible_playbook="", uv="uv", folder=".")
        return {**variables(plan, layer, paths=paths), "burnish_become": True}
    return {
        **layer.vars,
        "burnish_environment": {},
        "burnish_flavour": plan.image.flavour,
        "burnish_roles": list(layer.roles),
    }
