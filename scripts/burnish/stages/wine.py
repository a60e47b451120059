"""The level `wine`: an image's wheels for Windows, run by Windows' CPython under Wine. Not Windows."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

from burnish.build import layers, rootfs
from burnish.build.files import sha256, write
from burnish.build.layers import Made
from burnish.build.repository import bring as link
from burnish.build.wine import container, prefix, runtime
from burnish.build.wine.container import WineRequest
from burnish.build.wine.prefix import PrefixRequest
from burnish.catalog.wine import load_wine
from burnish.errors import BuildError, UsageError
from burnish.lock import apt, authenticode, fetch
from burnish.lock import runtime as archives
from burnish.lock.authenticode import Signature
from burnish.lock.place import Place
from burnish.lock.sources import default_lines
from burnish.lock.wheels import uv
from burnish.model.base import Rootfs
from burnish.model.lock import WINDOWS, Wanted
from burnish.model.plan import Layer, Plan
from burnish.model.wine import RUNTIME, WineDefinition
from burnish.plan.ids import digest
from burnish.plan.layers import rootfs_inputs
from burnish.stages.run import World
from burnish.verify import wine as choice
from burnish.verify.suite import USER

DISTRIBUTION = "debian"  # of the image with Wine
UID = 1000


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A container in which environments of a plan can run: what it is made of (the image, the digest of
    the definition), the signatures that were looked at, and the seconds that each part took."""

    name: str
    image: str
    runtime: str
    made: tuple[str, ...]
    signatures: Mapping[str, Signature]
    seconds: Mapping[str, float] = field(default_factory=dict)


def place(world: World) -> Place:
    """Where the level's own inputs are resolved and fetched."""
    return Place(
        site=world.site,
        scratch=world.build / "work" / "wine",
        inputs=world.store.inputs,
        log=_log(world, "wine-inputs"),
        offline=world.options.offline,
    )


def wanted(rootfs: Rootfs) -> Wanted:
    """What the image's part of the lock pins."""
    return Wanted(
        image="wine",
        distribution=DISTRIBUTION,
        rootfs=rootfs,
        flavour="cpu",
        tools=None,
        apt={},
        python={},
    )


@contextmanager
def ready(world: World, plan: Plan, *, names: tuple[str, ...]) -> Iterator[Ready]:
    """Make what is missing, and start the container; UsageError for an image that is not for Windows."""
    if plan.base.os != "windows":
        raise UsageError(
            f"{plan.image.name} is no image of Windows: nothing of it runs under Wine",
            hint="`burnish list` shows the base of each image",
        )
    defined, took = load_wine(world.root), _Took(world)
    with ExitStack() as open_, world.store.lock("wine"):
        with took.part("image"):
            image = _image(world, defined)
        with took.part("runtime"):
            home, signatures = _runtime(world, defined)
        envs = dict[str, Path]()
        for name in names:
            with took.part(f"environment {name}"):
                envs[name] = _environment(world, plan, name=name, home=home)
        request = _request(world, plan, image=image, folders={home.name: home}, envs=envs)
        with took.part("start"):
            name = open_.enter_context(container.started(request, log=_log(world, "wine")))
        record = world.store.layer_record(image.id)
        assert record is not None
        yield Ready(
            name=name,
            image=record.image,
            runtime=defined.digest,
            made=names,
            signatures=signatures,
            seconds=took.seconds,
        )


@dataclass(frozen=True)
class _Took:
    """Tells what goes on, and keeps how long each part took."""

    world: World
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """One of them."""
        began = time.monotonic()
        self.world.monitor.detail(f"wine: {what}")
        yield
        self.seconds[what] = time.monotonic() - began


def _request(
    world: World,
    plan: Plan,
    *,
    image: Layer,
    folders: Mapping[str, Path],
    envs: Mapping[str, Path],
) -> WineRequest:
    """The container: CPython's home, the environments and their kernels, and a place for bytecode."""
    key = digest(sorted(str(folder) for folder in envs.values()))[:16]
    bytecode = _folder(world) / container.BYTECODE / key
    bytecode.mkdir(parents=True, exist_ok=True)
    return WineRequest(
        image=world.store.tag(image.id),
        name=f"{world.store.prefix}-{plan.image.name}-wine",
        label=world.label(plan.image.name),
        user=USER,
        uid=os.getuid() or UID,
        folders={
            **folders,
            **{f"{prefix.ENVIRONMENTS}/{name}": folder for name, folder in envs.items()},
            "ProgramData/jupyter/kernels": _kernels(world, plan, made=tuple(envs), key=key),
            container.BYTECODE: bytecode,
        },
        writable=frozenset({container.BYTECODE}),
    )


def _image(world: World, defined: WineDefinition) -> Layer:
    """The image with Wine: kept by id, made of exactly its locked packages if missing."""
    lock, declared = defined.packages, defined.rootfs
    inputs = rootfs_inputs(
        declared.suite, declared.components, declared=declared.declared(""), lock=lock
    )
    layer = Layer(
        name="wine",
        id=digest(inputs),
        parent="",
        roles=(),
        vars={},
        inputs=inputs,
        epoch=lock.epoch,
    )
    if layer.id in world.store.valid([layer]):
        return layer
    at, began = place(world), time.monotonic()
    opened = partial(apt.opened, wanted(declared), "rootfs", place=at)
    debs = apt.bring("rootfs", lock.packages, archive=opened, place=at)
    tar = world.store.rootfs_tar(layer.id)
    tar.parent.mkdir(parents=True, exist_ok=True)
    tar.unlink(missing_ok=True)
    request = rootfs.RootfsRequest(
        suite=declared.suite,
        lock=lock,
        sources=default_lines(declared),
        debs=debs,
        scratch=at.scratch / "rootfs",
        log=_log(world, "wine-rootfs"),
    )
    rootfs.bootstrap(request, tar)
    made = Made(definition="wine", seconds=time.monotonic() - began)
    layers.import_rootfs(layer, tar, store=world.store, made=made, log=request.log)
    # Docker has it now, and nothing else is made of it
    tar.unlink()
    return layer


def _runtime(world: World, defined: WineDefinition) -> tuple[Path, Mapping[str, Signature]]:
    """CPython's home, kept by its definition, and what the signature of each file was worth."""
    folder = _folder(world) / f"runtime-{defined.digest[:16]}"
    home, told = folder / defined.runtime.home, folder / "signatures.json"
    if not told.is_file():
        for old in _folder(world).glob("runtime-*"):
            shutil.rmtree(old)
        found = unpacked(world, defined, home=home)
        write(told, json.dumps({name: asdict(each) for name, each in found.items()}))
    known = json.loads(told.read_text(encoding="utf-8"))
    return home, {name: Signature(**each) for name, each in known.items()}


def unpacked(world: World, defined: WineDefinition, *, home: Path) -> Mapping[str, Signature]:
    """Write the home; BuildError for a file that is not signed by whom it is to be."""
    at = place(world)
    files = fetch.bring(RUNTIME, defined.archives, place=at, ask=archives.offered)
    by_name = {wheel.name: path for wheel, path in files.items()}
    signed = runtime.unpack(defined.runtime, by_name, home=home)
    found = {
        path.relative_to(home).as_posix(): authenticode.look(path, signer, place=at)
        for path, signer in signed.items()
    }
    wrong = [f"{name}: {each.text}" for name, each in found.items() if each.state == "wrong"]
    if wrong:
        shutil.rmtree(home)
        raise BuildError(
            "\n".join(["files of Windows' runtime that nothing is run of", *wrong]),
            hint="packer/wine/runtime.yaml says who signs what",
        )
    return found


def _environment(world: World, plan: Plan, *, name: str, home: Path) -> Path:
    """The environment as its lock has it: kept by the lock's content and the runtime's."""
    lock = plan.lock.python[f"{name}{WINDOWS}"]
    key = digest([lock.requirements(), sorted(sha256(each) for each in home.glob("*.*"))])[:16]
    folder = _folder(world) / "envs" / f"{name}-{key}"
    if (folder / "pyvenv.cfg").is_file():
        return folder
    # no other environment whose name begins alike
    for old in folder.parent.glob(f"{name}-{'?' * len(key)}"):
        shutil.rmtree(old)
    at = replace(place(world), scratch=place(world).scratch / name)
    wheels = at.scratch / "laid-out"
    shutil.rmtree(wheels, ignore_errors=True)
    wheels.mkdir(parents=True)
    for wheel, path in fetch.bring(f"{name}{WINDOWS}", lock, place=at).items():
        link(path, wheels / wheel.filename)
    request = PrefixRequest(
        name=name,
        lock=lock,
        wheels=wheels,
        home=home,
        uv=uv(),
        cache=world.store.uv_cache,
        log=_log(world, f"wine-{name}"),
    )
    prefix.install(request, folder)
    shutil.rmtree(wheels)
    return folder


def _kernels(world: World, plan: Plan, *, made: tuple[str, ...], key: str) -> Path:
    folder = _folder(world) / "kernels" / key
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    prefix.kernels(folder, choice.kernels(plan, made=made))
    return folder


def _folder(world: World) -> Path:
    return world.store.root / "wine"


def _log(world: World, name: str) -> Path:
    return world.build / "logs" / "wine" / world.now.strftime("%Y%m%d-%H%M%S") / f"{name}.log"
