"""An image's other origin, a marketplace image in place of our root filesystem: exact, or open. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from burnish.model.base import Base, Marketplace
from burnish.model.lock import Lock, OpenEntry

SECTION = "marketplace"
LATEST = "latest"
SHOWN = 5


def identity(market: Marketplace) -> str:
    """As the lock writes it."""
    return ":".join((market.publisher, market.offer, market.sku, market.version))


def at_marketplace(base: Base, lock: Lock) -> Base:
    """The base with the very version that the lock has."""
    market, known = base.marketplace, lock.marketplace
    if market is None or known is None or not _same(market, known.identity):
        return base
    return replace(base, marketplace=replace(market, version=known.identity.rpartition(":")[2]))


def open_origin(base: Base, lock: Lock) -> list[OpenEntry]:
    """Why a build on this origin cannot begin; `lock` is the one at the marketplace."""
    return [OpenEntry(section=SECTION, reason=reason) for reason in _reasons(base, lock)]


def _reasons(base: Base, lock: Lock) -> Iterator[str]:
    market, known = base.marketplace, lock.marketplace
    assert market is not None
    if known is None:
        windows = base.os == "windows"
        takes = "one line, its version" if windows else "the list of what is installed in it"
        yield (
            f"nobody here can look into {identity(market)}: `burnish lock IMAGE --origin FILE` takes "
            f"{takes}"
        )
        return
    if not _same(market, known.identity) or market.version == LATEST:
        yield f"the list is of {known.identity}, the base asks for {identity(market)}"
        return
    unseen = [each.pin for each in known.packages if not each.sha256]
    if unseen:
        more = f" and {len(unseen) - SHOWN} more" if len(unseen) > SHOWN else ""
        yield f"not found in an archive yet: {', '.join(unseen[:SHOWN])}{more}"


def _same(market: Marketplace, known: str) -> bool:
    """Whether the list is of an image that the base asks for."""
    version = known.rpartition(":")[2]
    wanted = market.version if market.version != LATEST else version
    return known == identity(replace(market, version=wanted))
