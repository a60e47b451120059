"""Makes the installed collections known to a process that is not one of Ansible's commands."""

from __future__ import annotations

import sys

from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

PACKAGE = "ansible_collections"


def ready() -> None:
    """Once in a process. What was imported as a plain package before would hide the collections."""
    if AnsibleCollectionConfig.collection_finder:
        return
    for name in [each for each in sys.modules if each.split(".")[0] == PACKAGE]:
        del sys.modules[name]
    init_plugin_loader()
