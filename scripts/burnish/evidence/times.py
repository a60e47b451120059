"""Takes manifests of one image; gives a table of what took how long. Shown, never judged. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.evidence.markdown import table
from burnish.model.manifest import Manifest

LAST = 5
STAGES = ("boot to SSH", "disk", "checks: container", "checks: artifact", "checks: vm")


def times(manifests: Sequence[Manifest]) -> str:
    """Seconds of the newest five of some manifests, which come newest first.

    A layer counts with the seconds of the build that made it, so that kept ones do not make a
    version look fast.
    """
    shown = manifests[:LAST]
    rows: list[tuple[str, ...]] = [
        ("all layers", *(f"{sum(layer.seconds for layer in each.layers):.0f}" for each in shown))
    ]
    for name in STAGES:
        found = [each.seconds.get(name) for each in shown]
        if any(found):
            rows.append((name, *("-" if value is None else f"{value:.0f}" for value in found)))
    return table(("seconds", *(each.version for each in shown)), rows)
