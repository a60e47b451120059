"""Takes a plan for Windows and one of its layers; gives the variables of its playbook, and its transport."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from burnish.model.download import Download
from burnish.model.lock import WINDOWS
from burnish.model.plan import Layer, Plan
from burnish.model.site import Site
from burnish.render.layer import TRANSPORT

# Where installers lie on the machine until they are installed; the seal removes the folder.
DOWNLOADS = "C:\\burnish\\downloads"
MIRROR = "BURNISH_DOWNLOADS_MIRROR"
# What the site says is known at run time alone: nothing of it is written down.
_TRANSPORT = f"lookup('ansible.builtin.env', '{TRANSPORT}', default='{{}}') | from_json"


def variables(plan: Plan, layer: Layer, *, folder: str) -> dict[str, object]:
    """The extra variables of a layer's playbook; `folder` has the requirements files of its environments."""
    steady = {"SOURCE_DATE_EPOCH": str(layer.epoch)}
    lock = plan.lock.downloads.get(layer.name)
    return {
        **layer.vars,
        "burnish_contents": layer.contents,
        "burnish_downloads": {file.name: _download(file) for file in lock.files} if lock else {},
        "burnish_downloads_windows": DOWNLOADS,
        "burnish_environment": f"{{{{ {json.dumps(steady)} | combine({_TRANSPORT}) }}}}",
        "burnish_epoch": layer.epoch,
        "burnish_flavour": plan.image.flavour,
        "burnish_mirror": f"{{{{ ({_TRANSPORT}).{MIRROR} | default('') }}}}",
        "burnish_python_locks": {
            name.removesuffix(WINDOWS): f"{folder}/{name}.txt" for name in layer.python
        },
        "burnish_roles": list(layer.roles),
    }


def transport(site: Site) -> dict[str, str]:
    """What tasks are told of the site: the indexes and the mirror that a machine elsewhere reaches."""
    found = {
        MIRROR: site.downloads.mirror.rstrip("/"),
        "UV_DEFAULT_INDEX": site.python.index_url,
        "UV_INDEX": " ".join(site.python.extra_index_urls),
    }
    return {name: value for name, value in found.items() if value.startswith("https://")}


def _download(file: Download) -> dict[str, str]:
    """Its address, at the site's mirror where that has one, and its digest."""
    parts = urlsplit(file.url)
    there = f"burnish_mirror ~ {json.dumps(f'/{parts.hostname}{parts.path}')}"
    url = f"{{{{ {there} if burnish_mirror else {json.dumps(file.url)} }}}}"
    return {"url": url, "sha256": file.sha256}
