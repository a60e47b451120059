"""docs/windows.md tells the licence of every file that a Windows image downloads."""

from __future__ import annotations

import subprocess
import sys

from burnish.catalog.load import load
from burnish.stages import planning
from house import sources

TOOL = sources.ROOT / "scripts" / "tools" / "windows_page.py"


def test_the_page_is_fresh() -> None:
    command = [sys.executable, str(TOOL), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}write it with {TOOL.name}"


def test_every_file_has_a_licence() -> None:
    catalog = load([sources.ROOT])
    windows = [each for each in catalog.images.values() if catalog.bases[each.base].os == "windows"]
    layers = [planning.asked(catalog, image).downloads for image in windows]
    asked = [spec for each in layers for specs in each.values() for spec in specs]
    assert len({spec.name for spec in asked}) > 1
    mute = {spec.name for spec in asked if len(spec.licence.split()) < 4}
    assert mute == set(), "no `licence` in vars/Windows.yml says what may be passed on"
