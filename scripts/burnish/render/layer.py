"""Takes a plan and one of its layers; gives the Packer template and the variables of its playbook."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from burnish.model.plan import Layer, Plan
from burnish.model.signing import Certificate
from burnish.render.hcl import environment
from burnish.render.transport import DOWNLOADS, NPM, PRODUCTS, SIGNING

# The ones that this burnish was written against; Packer 1.6.6 has them built in and never sees this.
PLUGINS = (("docker", ">= 1.0.8, < 2.0.0"),)
# The environment in which roles run. Transport joins it at run time and is never written down.
STEADY = {
    "DEBIAN_FRONTEND": "noninteractive",
    # a layer that was cut short is thrown away, so nothing need reach the disk file by file
    "DPKG_FORCE": "unsafe-io",
    # the seal makes the RAM disk, once, at the end
    "INITRD": "No",
    "LC_ALL": "C.UTF-8",
    "SYSTEMD_OFFLINE": "1",
    "TZ": "UTC",
}
TRANSPORT = "BURNISH_TRANSPORT"
LABEL = "burnish.layer"


@dataclass(frozen=True, kw_only=True)
class LayerPaths:
    """Where one layer's build finds things: names in the template, never inputs of an id."""

    repository: str
    ansible_playbook: str
    uv: str
    folder: str
    volumes: tuple[str, ...] = ()
    network: tuple[str, ...] = ()


def render_layer(
    plan: Plan, layer: Layer, *, paths: LayerPaths, templates: Mapping[str, str]
) -> dict[str, str]:
    """Every file of one layer's build, by its path below the layer's folder."""
    jinja = environment()
    playbook = shlex.join(
        [
            paths.ansible_playbook,
            "--connection=community.docker.docker",
            "--extra-vars=@layer.json",
            "ansible/linux.yml",
        ]
    )
    flags = ("-d", "-i", "--hostname", "burnish", "--label", f"burnish.build={layer.id}")
    volumes = tuple(part for volume in paths.volumes for part in ("--volume", volume))
    template = jinja.from_string(templates["layer.pkr.hcl.j2"]).render(
        image=plan.image.name,
        parent=f"{paths.repository}:{tag(layer.parent)}",
        run=(*flags, *volumes, *paths.network),
        changes=(f"LABEL {LABEL}={layer.id}", 'CMD ["/sbin/init"]'),
        playbook=f"cd {shlex.quote(paths.folder)} && {playbook}",
        repository=paths.repository,
        tag=tag(layer.id),
    )
    plugins = jinja.from_string(templates["plugins.pkr.hcl.j2"]).render(plugins=PLUGINS)
    return {
        "layer.pkr.hcl": template,
        "plugins/plugins.pkr.hcl": plugins,
        "layer.json": json.dumps(variables(plan, layer, paths=paths), indent=2) + "\n",
        **{f"{name}.txt": plan.lock.python[name].requirements() for name in layer.python},
    }


def variables(plan: Plan, layer: Layer, *, paths: LayerPaths) -> dict[str, object]:
    """The extra variables of a layer's playbook."""
    steady = {**STEADY, "SOURCE_DATE_EPOCH": str(layer.epoch)}
    if layer.signing:
        steady["BURNISH_SIGNING_KEY"] = SIGNING
    transport = f"lookup('ansible.builtin.env', '{TRANSPORT}', default='{{}}') | from_json"
    return {
        **layer.vars,
        "burnish_environment": f"{{{{ {json.dumps(steady)} | combine({transport}) }}}}",
        "burnish_apt": bool(layer.apt or plan.lock.debs(layer.name)),
        **({"burnish_downloads": DOWNLOADS} if layer.downloads else {}),
        **({"burnish_npm": NPM} if layer.npm else {}),
        **({"burnish_products": PRODUCTS} if layer.products else {}),
        **({"burnish_contents": layer.contents} if layer.contents else {}),
        **({"burnish_signing": _signing(layer.signing)} if layer.signing else {}),
        "burnish_epoch": layer.epoch,
        "burnish_flavour": plan.image.flavour,
        "burnish_packages": list(packages(plan, layer)),
        "burnish_python_locks": {name: f"{paths.folder}/{name}.txt" for name in layer.python},
        "burnish_roles": list(layer.roles),
        "burnish_uv": paths.uv,
    }


def _signing(certificate: Certificate) -> dict[str, str]:
    names = ("name", "subject", "serial", "sha256", "pem")
    return {name: getattr(certificate, name) for name in names}


def packages(plan: Plan, layer: Layer) -> tuple[str, ...]:
    """What is installed once the layer is made, as `name=version`, sorted: the lock's, to the last."""
    names = [each.name for each in plan.layers]
    below = names[1 : names.index(layer.name) + 1]
    downloaded = [package for name in below for package in plan.lock.debs(name)]
    return tuple(sorted(each.pin for each in [*plan.lock.installed(below).values(), *downloaded]))


def tag(layer_id: str) -> str:
    """The tag of a layer's container image: enough of its id; the label holds it whole."""
    return layer_id[:32]
