"""Where layers, root filesystems, disks and fetched inputs are kept between builds, by content."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from burnish.build import docker, exclusive
from burnish.build.cache import Cache
from burnish.build.files import write
from burnish.build.products import Products
from burnish.errors import BurnishError
from burnish.model.manifest import Inventory
from burnish.model.plan import Layer, Plan
from burnish.model.protocols import Codec
from burnish.model.record import DiskRecord, LayerRecord
from burnish.model.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Store:
    """A folder and a prefix of Docker tags. Everything in it can be made again."""

    root: Path
    prefix: str
    codec: Codec

    @property
    def repository(self) -> str:
        """The Docker repository of all layers."""
        return f"{self.prefix}/layer"

    @property
    def inputs(self) -> Cache:
        """Everything fetched that a lock names."""
        return Cache(root=self.root / "inputs")

    @property
    def products(self) -> Products:
        """What layers made at length; its files are among the inputs."""
        return Products(root=self.root / "products", cache=self.inputs, codec=self.codec)

    @property
    def uv_cache(self) -> Path:
        """uv's cache: wheels as it unpacked them, shared by all builds."""
        return self.root / "uv"

    def tag(self, layer_id: str) -> str:
        """The Docker tag of a layer."""
        return f"{self.repository}:{layer_id[:32]}"

    def rootfs_tar(self, layer_id: str) -> Path:
        """The tar of a root filesystem."""
        return self.root / "rootfs" / f"{layer_id}.tar"

    def disk(self, key: str) -> Path:
        """The folder of a disk."""
        return self.root / "disks" / key

    def lock(
        self, name: str, *, on_wait: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[None]:
        """Held by one build at a time; another one that wants the same says so and waits."""
        return exclusive.held(self.root / "locks" / f"{name}.lock", on_taken=on_wait)

    def records(self) -> list[LayerRecord]:
        """Every layer ever recorded here, newest first. What cannot be read is left out."""
        folder = self.root / "layers"
        paths = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        return [record for path in paths if (record := self._record(path))]

    def valid(self, layers: Sequence[Layer]) -> frozenset[str]:
        """Ids of the layers whose image is here and is what was recorded: same label, same digests,
        and standing on what was recorded of the layer below."""
        records = {layer.id: self.layer_record(layer.id) for layer in layers}
        images = docker.inspect(
            [self.tag(layer_id) for layer_id, known in records.items() if known]
        )
        return frozenset(
            layer.id
            for layer in layers
            if (record := records[layer.id])
            and (image := images.get(self.tag(layer.id)))
            and image.labels.get(docker.LABEL) == layer.id
            and image.diff_ids == record.diff_ids
            and self._stands(layer, record)
        )

    def _stands(self, layer: Layer, record: LayerRecord) -> bool:
        if not layer.parent:
            return True
        below = self.layer_record(layer.parent)
        return below is not None and record.diff_ids[: len(below.diff_ids)] == below.diff_ids

    def keep(self, record: LayerRecord) -> None:
        """Record a layer that was built."""
        write(self.layer_path(record.id), self.codec.dump(record))

    def layer_record(self, layer_id: str) -> LayerRecord | None:
        """What was recorded of a layer."""
        return self._record(self.layer_path(layer_id))

    def disk_of(self, plan: Plan) -> DiskRecord | None:
        """What was recorded of a plan's disk, if it was made of its top layer as that is here now: one that
        was made again has the same id, and may have come out otherwise."""
        record, top = self.disk_record(plan.disk_key), self.layer_record(plan.top.id)
        return record if record and top and record.image == top.image else None

    def disk_record(self, key: str) -> DiskRecord | None:
        """What was recorded of a disk, if all its files are here in their recorded sizes."""
        path = self.disk(key) / "record.json"
        try:
            record = self.codec.load(path.read_text("utf-8"), DiskRecord, source=str(path))
        except (OSError, BurnishError):
            return None
        files = {name: self.disk(key) / name for name in record.files}
        whole = all(
            file.is_file() and file.stat().st_size == record.sizes[name]
            for name, file in files.items()
        )
        return record if whole else None

    def keep_disk(self, record: DiskRecord, folder: Path) -> None:
        """Move a finished disk's folder into the store, whole."""
        write(folder / "record.json", self.codec.dump(record))
        place = self.disk(record.key)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)

    def verdict(self, subject: str, *, suite: str, level: str) -> Verdict | None:
        """A kept verdict."""
        path = self._verdict_path(subject, suite, level=level)
        try:
            return self.codec.load(path.read_text("utf-8"), Verdict, source=str(path))
        except (OSError, BurnishError):
            return None

    def keep_verdict(self, verdict: Verdict, *, junit: str) -> None:
        """Keep a verdict and the JUnit text behind it."""
        path = self._verdict_path(verdict.subject, verdict.suite, level=verdict.level)
        write(path.with_suffix(".xml"), junit)
        write(path, self.codec.dump(verdict))

    def junit(self, verdict: Verdict) -> str:
        """The JUnit text behind a kept verdict; empty where it is not kept here any more."""
        path = self._verdict_path(verdict.subject, verdict.suite, level=verdict.level)
        text = path.with_suffix(".xml")
        return text.read_text(encoding="utf-8") if text.is_file() else ""

    def software(self, layer_id: str) -> Inventory | None:
        """What was found installed in the image of a top layer."""
        path = self.root / "software" / f"{layer_id}.json"
        try:
            return self.codec.load(path.read_text("utf-8"), Inventory, source=str(path))
        except (OSError, BurnishError):
            return None

    def keep_software(self, layer_id: str, inventory: Inventory) -> None:
        """Keep what was found installed."""
        write(self.root / "software" / f"{layer_id}.json", self.codec.dump(inventory))

    def _verdict_path(self, subject: str, suite: str, *, level: str) -> Path:
        name = hashlib.sha256(f"{subject} {suite}".encode()).hexdigest()[:32]
        return self.root / "verdicts" / f"{name}-{level}.json"

    def layer_path(self, layer_id: str) -> Path:
        """The file of a layer's record."""
        return self.root / "layers" / f"{layer_id}.json"

    def _record(self, path: Path) -> LayerRecord | None:
        try:
            return self.codec.load(path.read_text("utf-8"), LayerRecord, source=str(path))
        except (OSError, BurnishError):
            return None
