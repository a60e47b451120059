"""docs/windows.md tells the licence of every file that a Windows image downloads."""

from __future__ import annotations

from burnish.catalog.load import load
from burnish.stages import planning
from house import sources


def test_every_file_has_a_licence() -> None:
    catalog = load([sources.ROOT])
    windows = [each for each in catalog.images.values() if catalog.bases[each.base].os == "windows"]
    layers = [planning.asked(catalog, image).downloads for image in windows]
    asked = [spec for each in layers for specs in each.values() for spec in specs]
    assert len({spec.name for spec in asked}) > 1
    mute = {spec.name for spec in asked if len(spec.licence.split()) < 4}
    assert mute == set(), "no `licence` in vars/Windows.yml says what may be passed on"
