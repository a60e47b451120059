"""A file on its way to a disk of the small ARM, whose bytes lie in Azurite; runs of it that are killed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import blob_proxy
import small_arm
import uploading
import vhds
from azurite import Azurite
from blob_proxy import Proxy
from burnish.gallery.azure.filling import Filling
from burnish.model.disk import MIB
from small_arm import Arm

DATA = [(MIB + number * MIB, 200_000) for number in range(22)]


@dataclass(kw_only=True)
class Place:
    """A file, the service that has its disk, and what stands before the bytes."""

    file: Path
    arm: Arm
    proxy: Proxy

    @property
    def filling(self) -> Filling:
        return uploading.filling(self.file, state=self.state, client=self.arm.client())

    @property
    def state(self) -> Path:
        return self.file.with_suffix(".upload")

    @property
    def name(self) -> str:
        return self.filling.wanted.name

    def is_done(self) -> bool:
        """Whether the disk has the file's bytes, all of them, and nobody holds an address of it."""
        data = self.arm.blobs[self.name].download_blob().readall()
        equal = hashlib.sha256(data).digest() == hashlib.sha256(self.file.read_bytes()).digest()
        return equal and self.arm.state(self.name) == "Unattached"

    def killed(self, when: str, *, pages_confirmed: int = 0) -> None:
        """A run of another process that is killed when the service was asked for something."""
        given = {"file": str(self.file), "state": str(self.state), "port": self.arm.port}
        argv = [sys.executable, uploading.__file__, json.dumps(given)]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(argv, env=env) as process:
            while when not in self.arm.asked or len(self.proxy.pages) < pages_confirmed:
                assert process.poll() is None, "it ended before it could be killed"
                time.sleep(0.001)
            process.kill()
        assert process.returncode == -9
        while self.proxy.in_flight:
            time.sleep(0.01)


@contextmanager
def opened(azurite: Azurite, folder: Path) -> Iterator[Place]:
    """One below a folder, as long as the context lasts."""
    file = vhds.write(folder / "disk.vhd", data=DATA)
    with (
        blob_proxy.before(azurite.port) as proxy,
        small_arm.running(azurite, blob_port=proxy.port) as arm,
    ):
        yield Place(file=file, arm=arm, proxy=proxy)
