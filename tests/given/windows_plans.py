"""Takes a folder; gives the plan of a small Windows image: an environment, and a signed installer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import checkout
import makers
from burnish.model.download import COMPUTED, Download, DownloadsLock
from burnish.model.lock import Lock
from burnish.model.plan import Plan

URL = "https://publisher.test/v1/setup.exe"


def plan(folder: Path, *, licence: str = "") -> Plan:
    """The plan of a Windows image with an environment and an installer."""
    row = '  windows: {state: "yes"}\n'
    facts = checkout.FACTS.replace('  windows: {state: "no", reason: not-written}\n', row)
    file = f"name: setup.exe, url: '{URL}', authenticode: Us, licence: '{licence}'"
    declared = f"__python_downloads:\n  - {{{file}}}\n"
    changes = {
        "packer/bases/panes.yaml": checkout.PANES + 'python: "3.13"\n',
        "roles/python/facts.yml": facts + "lock: python\n",
        "roles/python/tasks/windows.yml": "[]\n",
        "roles/python/vars/Windows.yml": declared,
    }
    pinned = Download(
        name="setup.exe", url=URL, sha256=makers.sha("setup"), size=5, origin=COMPUTED, signer="Us"
    )
    files = DownloadsLock(declared=(f"setup.exe {URL} authenticode:Us",), files=(pinned,))
    environment = replace(makers.python_lock("numpy"), python="3.13")
    lock = Lock(
        image="panes-cpu", python={"ml@windows": environment}, downloads={"python-ml": files}
    )
    found = checkout.resolved(checkout.write(folder, changes=changes), lock, image="panes-cpu")
    assert found.open == ()
    return found
