"""Takes one missing layer, rendered; gives the container image that Packer and Ansible made of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from burnish import process
from burnish.build import docker
from burnish.build.packer import Packer
from burnish.build.store import Store
from burnish.errors import BuildError, CommandFailed
from burnish.model.plan import Layer
from burnish.model.record import LayerRecord

TASK = re.compile(r"TASK \[(.+?)\]")
PREFIX = re.compile(r"^(==>|   ) docker\.layer: ?")
SHOWN, HEAD = 20, 6  # lines of a failure; those of them that are its beginning
TRANSPORT = "BURNISH_TRANSPORT"


@dataclass(frozen=True, kw_only=True)
class LayerRequest:
    """One layer to build: its rendered files, the files it is applied from, the site's transport;
    `reused` are the products that it is given."""

    layer: Layer
    files: Mapping[str, str]
    staged: Mapping[str, Path]
    folder: Path
    log: Path
    definition: str
    transport: Mapping[str, str]
    reused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Made:
    """For which image a layer was made, how long that and its tasks took, which products it was given."""

    definition: str
    seconds: float
    tasks: Mapping[str, float] = field(default_factory=dict)
    reused: tuple[str, ...] = ()


class Tasks:
    """Which task runs, and how long each one took: from what Ansible says while it goes on."""

    def __init__(self, on_task: Callable[[str], None], *, clock: Callable[[], float]) -> None:
        self._on_task, self._clock = on_task, clock
        self._name, self._since = "", 0.0
        self._seconds: dict[str, float] = {}

    def line(self, line: str) -> None:
        """A line of the log."""
        if match := TASK.search(line):
            self._end()
            self._name = match[1]
            self._on_task(match[1])

    def took(self) -> Mapping[str, float]:
        """Seconds of the tasks that took one or more, in their order; all are over now."""
        self._end()
        return {name: round(value, 1) for name, value in self._seconds.items() if value >= 1}

    def _end(self) -> None:
        now = self._clock()
        if self._name:
            before = self._seconds.get(self._name, 0.0)
            self._seconds[self._name] = before + now - self._since
        self._name, self._since = "", now


def build(
    request: LayerRequest, *, store: Store, packer: Packer, on_task: Callable[[str], None]
) -> LayerRecord:
    """Build, commit, check and record one layer. A second build of the same layer waits for this."""
    layer = request.layer
    with store.lock(f"layer-{layer.id[:32]}"):
        if layer.id in store.valid([layer]):
            return _recorded(store, layer)
        docker.sweep(f"burnish.build={layer.id}")
        stage(request)
        init = packer.init(request.folder / "plugins")
        if init:
            process.run(init, log=request.log)
        command = packer.build(
            request.folder / "layer.pkr.hcl", cwd=request.folder, env=environment(request)
        )
        started, tasks = time.monotonic(), Tasks(on_task, clock=time.monotonic)
        try:
            process.run(command, log=request.log, on_line=tasks.line)
        except CommandFailed as error:
            raise _failed(layer, request.log, error=error) from error
        finally:
            docker.sweep(f"burnish.build={layer.id}")
        seconds = time.monotonic() - started
        made = Made(
            definition=request.definition,
            seconds=seconds,
            tasks=tasks.took(),
            reused=request.reused,
        )
        return _record(store, layer, made=made)


def import_rootfs(layer: Layer, tar: Path, *, store: Store, made: Made, log: Path) -> LayerRecord:
    """Make the first layer's image of a root filesystem's tar, and record it."""
    docker.import_tar(tar, tag=store.tag(layer.id), layer=layer.id, log=log)
    return _record(store, layer, made=made)


def stage(request: LayerRequest) -> None:
    """Lay out the layer's folder: rendered files, and copies of exactly the files that were hashed.

    The playbook runs from these copies, so a file that is not part of the id is not there to read.
    """
    shutil.rmtree(request.folder, ignore_errors=True)
    for name, text in request.files.items():
        path = request.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, source in request.staged.items():
        path = request.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)


def environment(request: LayerRequest) -> dict[str, str]:
    """The environment of Packer and Ansible: their homes in the layer's folder, transport beside."""
    folder = request.folder
    return {
        TRANSPORT: json.dumps(dict(request.transport)),
        "ANSIBLE_CONFIG": str(folder / "ansible" / "ansible.cfg"),
        "ANSIBLE_ROLES_PATH": str(folder / "roles"),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
        "PACKER_CACHE_DIR": str(folder / ".packer"),
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def _record(store: Store, layer: Layer, *, made: Made) -> LayerRecord:
    tags = [store.tag(layer.id), *([store.tag(layer.parent)] if layer.parent else [])]
    images = docker.inspect(tags)
    image, parent = images.get(tags[0]), images.get(tags[-1]) if layer.parent else None
    if image is None or image.labels.get(docker.LABEL) != layer.id:
        raise BuildError(
            f"layer {layer.name!r}: Docker has no image of it after the build",
            hint="was an image pruned while burnish ran? run the same command again",
        )
    record = LayerRecord(
        id=layer.id,
        name=layer.name,
        image=image.id,
        inputs=layer.inputs,
        diff_ids=image.diff_ids,
        seconds=made.seconds,
        definition=made.definition,
        tasks=made.tasks,
        reused=made.reused,
        products=tuple(product.key for product in layer.products),
        size=image.size - (parent.size if parent else 0),
    )
    store.keep(record)
    return record


def _recorded(store: Store, layer: Layer) -> LayerRecord:
    record = store.layer_record(layer.id)
    if record is None:
        raise BuildError(
            f"layer {layer.name!r}: its record went away", hint="run the command again"
        )
    return record


def cause(lines: Sequence[str]) -> list[str]:
    """The lines of a layer's log that say why it failed, 20 at most: the task that did, from its name
    to Ansible's recap, without Packer's own words around it; the last lines where no task ran."""
    plain = [PREFIX.sub("", line).rstrip() for line in lines]
    recaps = [at for at, line in enumerate(plain) if line.startswith("PLAY RECAP")]
    tasks = [at for at, line in enumerate(plain) if TASK.match(line)]
    if not recaps or not tasks or tasks[-1] > recaps[-1]:
        return plain[-SHOWN:]
    told = [line for line in plain[tasks[-1] : recaps[-1]] if line]
    if len(told) > SHOWN:
        told = [*told[:HEAD], "...", *told[HEAD + 1 - SHOWN :]]
    return told


def _failed(layer: Layer, log: Path, *, error: CommandFailed) -> BuildError:
    lines = cause(log.read_text(encoding="utf-8", errors="replace").splitlines())
    tail = "\n".join(f"  | {line}" for line in lines)
    return BuildError(
        f"layer {layer.name!r} failed (exit code {error.returncode})\n{tail}",
        hint=f"the whole log: {log}\n"
        "        the layers below are kept: mend it and run the same command, it goes on at this layer",
    )
