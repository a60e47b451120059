"""Which versions of an image go and which stay, by pure rules over what is asked here; and removing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from burnish import host
from burnish.gallery import rules
from burnish.gallery.rules import Known
from burnish.model.host import OpenFiles
from burnish.model.retention import Fate, Link
from burnish.stages import channels, services
from burnish.stages.run import World


@dataclass(frozen=True, kw_only=True)
class Retention:
    """What prune means to do with an image's versions.

    `unseen` counts processes of this machine that could not be asked for the files they hold. `notes`:
    what a user needs to know of this gallery first. In the cloud no bytes of this machine come back.
    """

    image: str
    fates: tuple[Fate, ...]
    unseen: int
    notes: tuple[str, ...] = ()
    cloud: bool = False


def retention(world: World, image: str) -> Retention:
    """The fate of every version of an image. Writes nothing. UsageError without a definition."""
    return _planned(world, image, known=world.home.manifests(image))


def prune(world: World, planned: Retention) -> list[str]:
    """Remove what a plan says, and still says now; gives the versions that are gone.

    First it finishes what a killed promotion, rollback or removal left to be done.
    """
    channels.settle(world, planned.image)
    shown = {fate.manifest.version for fate in planned.fates if fate.goes}

    def choose(known: Known) -> list[str]:
        now = _planned(world, planned.image, known=known)
        going = [fate.manifest.version for fate in now.fates if fate.goes]
        # oldest first: killed in between, the newer ones are still there
        return [version for version in reversed(going) if version in shown]

    return world.home.remove(planned.image, choose)


def _planned(world: World, image: str, *, known: Known) -> Retention:
    definition = services.image_of(world, image)
    known = rules.after(known, rules.settled(known))
    links = [link for item in known for link in world.home.links(item)]
    opened = host.open_files({(link.device, link.inode) for link in links})
    levels = channels.levels_of(world, known[0]) if known else []
    shields = rules.protected(
        known,
        levels=levels,
        whole=channels.whole(world, known),
        used=_used(world, known, links=links, opened=opened),
        kept=world.home.kept(known),
    )
    found = rules.fates(known, definition, today=world.now.date(), shields=shields)
    fates = tuple(rules.counted(found, links))
    return Retention(
        image=image,
        fates=fates,
        unseen=opened.unseen if links else 0,
        notes=tuple(world.home.notes(image)),
        cloud=world.elsewhere is not None,
    )


def _used(
    world: World, known: Known, *, links: Sequence[Link], opened: OpenFiles
) -> dict[str, str]:
    """Who uses each version that is in use."""
    found: dict[str, str] = {}
    for link in links:
        if who := opened.holders.get((link.device, link.inode)):
            found[link.version] = who
    return {**world.home.users(known), **found}
