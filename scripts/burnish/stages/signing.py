"""The site's private key for what an image signs: there and right before anything is built."""

from __future__ import annotations

from pathlib import Path

from burnish.catalog.keys import check_private
from burnish.errors import DefinitionError, Problem
from burnish.model.plan import Plan
from burnish.model.signing import Certificate
from burnish.stages.run import World

SITE = "site.yaml"


def need_key(world: World, plan: Plan) -> None:
    """DefinitionError if a layer has to be built and signed, and the site has no key for it."""
    valid = world.store.valid(plan.layers)
    for layer in plan.layers:
        if layer.signing and layer.id not in valid:
            key(world, layer.signing)


def key(world: World, of: Certificate) -> str:
    """The file of a certificate's private key, looked at; DefinitionError if it is none."""
    path = world.site.signing.get(of.name)
    if not path:
        text = f"no private key for the certificate packer/keys/{of.name}.pem"
        hint = f"name its file here: `signing: {{{of.name}: /PATH/TO/KEY.pem}}`"
        problem = Problem(file=SITE, line=0, path=f"signing.{of.name}", text=text, hint=hint)
        raise DefinitionError([problem])
    check_private(Path(path), of=of, site=SITE)
    return path
