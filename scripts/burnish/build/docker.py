"""Asks Docker about images and containers, imports root filesystems, removes what burnish left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.model.command import Command
from burnish.model.host import Host

LABEL = "burnish.layer"


@dataclass(frozen=True, kw_only=True)
class DockerImage:
    """An image as Docker has it. `size` in bytes, `diff_ids` base first."""

    id: str
    diff_ids: tuple[str, ...]
    labels: Mapping[str, str]
    size: int
    env: tuple[str, ...] = ()


def docker(*arguments: str, timeout: float = 600) -> Command:
    """A call of Docker's client."""
    return Command(argv=("docker", *arguments), timeout=timeout)


def inspect(tags: Sequence[str]) -> dict[str, DockerImage]:
    """The images among `tags` that exist, by tag; one call however many are asked for."""
    if not tags:
        return {}
    done = process.run(docker("image", "inspect", *tags, timeout=60), check=False)
    found: dict[str, DockerImage] = {}
    for item in json.loads(done.stdout or "[]"):
        image = DockerImage(
            id=item["Id"],
            diff_ids=tuple(item["RootFS"]["Layers"]),
            labels=item["Config"].get("Labels") or {},
            size=item["Size"],
            env=tuple(item["Config"].get("Env") or ()),
        )
        found |= {name: image for name in item["RepoTags"] or () if name in tags}
    return found


def import_tar(tar: Path, *, tag: str, layer: str, log: Path) -> None:
    """Make an image of a root filesystem's tar, labelled with its layer's id."""
    changes = (f"LABEL {LABEL}={layer}", 'CMD ["/sbin/init"]')
    flags = [part for change in changes for part in ("--change", change)]
    process.run(docker("import", *flags, str(tar), tag), log=log)


def forget(tag: str) -> None:
    """Remove an image's tag, and the image with its last one; none is no error."""
    if inspect([tag]):
        process.run(docker("image", "rm", "--force", tag))


def sweep(label: str) -> None:
    """Remove containers with this label: left by a run that was killed."""
    listed = process.run(
        docker("ps", "--all", "--quiet", "--filter", f"label={label}"), check=False
    )
    if listed.stdout.split():
        process.run(docker("rm", "--force", *listed.stdout.split()), check=False)


@contextmanager
def systemd_container(image: str, *, name: str, host: Host, label: str) -> Iterator[str]:
    """A fresh container of `image` with systemd as PID 1; gone at the end of the context.

    Its network has no way out: this host reaches it, it reaches nothing beyond this host.
    """
    remove = docker("rm", "--force", "--volumes", name)
    process.run(remove, check=False)
    flags = ("--detach", "--name", name, "--label", label, *systemd_flags(host))
    with closed_network(f"{name}-network", label=label) as network:
        try:
            process.run(docker("run", *flags, "--network", network, image, "/sbin/init"))
            yield name
        finally:
            process.run(remove, check=False)


@contextmanager
def closed_network(name: str, *, label: str) -> Iterator[str]:
    """A network between this host and containers, and nothing else; gone at the end of the context."""
    remove = docker("network", "rm", name)
    process.run(remove, check=False)
    process.run(docker("network", "create", "--internal", "--label", label, name))
    try:
        yield name
    finally:
        process.run(remove, check=False)


def systemd_flags(host: Host) -> tuple[str, ...]:
    """What systemd needs in a container, by what `docker info` says of this host."""
    tmpfs = ("--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp")  # noqa: S108
    if host.privileged:
        rights: tuple[str, ...] = ("--privileged",)
    else:
        rights = ("--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined")
    if host.cgroup == 1:
        cgroup: tuple[str, ...] = ("--volume", "/sys/fs/cgroup:/sys/fs/cgroup:ro")
    else:
        cgroup = ("--cgroupns", "private")
    return (*tmpfs, *rights, *cgroup, "--hostname", "burnish")
