"""One run of an image in Azure at a time on this machine: two would remove from under each other what they
make, the build's folder here and the group there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from burnish.errors import PublishError
from burnish.stages.run import World


@contextmanager
def held(world: World, image: str, *, to: str) -> Iterator[None]:
    """Held while an image is built or proven at a target. PublishError, at once, where another run has it:
    it may take hours. A run that was killed holds nothing."""
    # of all targets: facts, results of checks and the build's folder are the image's
    path = world.build / "azure" / f"{image}.vm.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise PublishError(
            f"another burnish builds or proves {image} in Azure already, from this very checkout",
            hint=f"wait until it has ended; `burnish list {image} --target {to}` shows what is there",
        ) from None
    try:
        yield
    finally:
        lock.release()
