"""Takes a file and the way to a disk; gives whether the disk has the file's bytes, all of them.

Pages that the service says it holds are read and compared; each piece of the file that is not zero must
lie in them. What is in neither is zero in both.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from burnish.errors import PublishError
from burnish.gallery.azure.pages import Access
from burnish.gallery.azure.ranges import Piece, cut, joined, plan
from burnish.gallery.azure.upload import THREADS
from burnish.model.protocols import Monitor


def read_back(file: Path, access: Access, *, monitor: Monitor) -> int:
    """The bytes that were read and are the same; PublishError at the first place that differs."""
    client = access.open()
    size = client.get_blob_properties().size
    pieces = plan(file)
    if size != pieces.size:
        raise _differs(file, f"the disk holds {size} bytes, the file {pieces.size}")
    held = [
        (each.start or 0, (each.end or 0) + 1)
        for each in client.list_page_ranges()
        if not each.cleared
    ]
    if lost := missing(pieces.all, held):
        raise _differs(file, f"the service holds nothing of byte {lost.offset} to {lost.end}")

    with file.open("rb", buffering=0) as source, ThreadPoolExecutor(THREADS) as pool:

        def same(piece: Piece) -> int:
            data = client.download_blob(piece.offset, piece.length).readall()
            if data != os.pread(source.fileno(), piece.length, piece.offset):
                raise _differs(file, f"between byte {piece.offset} and {piece.end}")
            return piece.length

        total = 0
        for length in pool.map(same, cut(joined(sorted(held), gap=1))):
            total += length
            monitor.detail(f"{total >> 20} MiB read back")
    return total


def missing(pieces: tuple[Piece, ...], held: list[tuple[int, int]]) -> Piece | None:
    """The first piece that does not lie in what is held."""
    whole = list(joined(sorted(held), gap=1))
    for piece in pieces:
        at = bisect_right(whole, piece.offset, key=lambda each: each[0]) - 1
        if at < 0 or piece.end > whole[at][1]:
            return piece
    return None


def _differs(file: Path, where: str) -> PublishError:
    return PublishError(
        f"the disk in Azure is not {file.name}: {where}",
        hint="publish again with the upload's state removed: the temporary disk is made anew",
    )
