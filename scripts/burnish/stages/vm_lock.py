"""One run of an image in Azure at a time on this machine: two would remove from under each other what they
make, the build's folder here and the group there."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NoReturn

from burnish.build import exclusive
from burnish.errors import PublishError
from burnish.stages.run import World


def held(world: World, image: str, *, to: str) -> AbstractContextManager[None]:
    """Held while an image is built or proven at a target. PublishError, at once, where another run has it:
    it may take hours. A run that was killed holds nothing."""

    def refuse() -> NoReturn:
        raise PublishError(
            f"another burnish builds or proves {image} in Azure already, from this very checkout",
            hint=f"wait until it has ended; `burnish list {image} --target {to}` shows what is there",
        ) from None

    # of all targets: facts, results of checks and the build's folder are the image's
    return exclusive.held(world.build / "azure" / f"{image}.vm.lock", on_taken=refuse)
