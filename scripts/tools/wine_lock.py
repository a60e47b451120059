"""Takes packer/wine/; pins the image with Wine and Windows' runtime anew in its lock.

python scripts/tools/wine_lock.py
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from burnish.build.files import write
from burnish.catalog.locks import dump_lock
from burnish.catalog.wine import LOCK, declared
from burnish.lock import runtime, update
from burnish.model.lock import Lock
from burnish.model.protocols import Silent
from burnish.model.wine import RUNTIME
from burnish.pipeline import Options, Place, open_world
from burnish.stages import wine

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write the lock."""
    here = Place(here=ROOT, roots=(), environment=dict(os.environ), now=datetime.now(UTC))
    world = open_world(here, monitor=Silent(), options=Options())
    rootfs, asked = declared(ROOT)
    place = wine.place(world)
    found = update.resolve(
        wine.wanted(rootfs),
        Lock(image="wine"),
        asked={update.ROOTFS},
        place=place,
        keep_open=False,
    )
    files = runtime.resolve(asked.declared, python=rootfs.python, place=place)
    lock = Lock(image="wine", rootfs=found.rootfs, python={RUNTIME: files}, recorded=found.recorded)
    write(ROOT / LOCK, dump_lock(lock))


if __name__ == "__main__":
    main()
