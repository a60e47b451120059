"""An apt of our own beside the host's: its indexes say what an archive holds now, signatures checked."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote

from filelock import FileLock, Timeout

from burnish import process
from burnish.errors import BuildError, CommandFailed, ToolError
from burnish.lock.place import Vanished
from burnish.lock.snapshot import FORM
from burnish.lock.sources import default_lines, find_keyring, signed, site_lines
from burnish.lock.trust import untrusted
from burnish.model.archive import preferred
from burnish.model.base import Rootfs
from burnish.model.command import Command, Completed
from burnish.model.lock import Package
from burnish.model.pin import Pin
from burnish.model.site import Apt, Site

_URI = re.compile(r"^'(?P<uri>\S+)' (?P<file>\S+) (?P<size>\d+) SHA256:(?P<sha256>[0-9a-f]{64})$")
_MISSING = re.compile(
    r"^E: (?:Version '\S+' for '(\S+)' was not found|Unable to locate package (\S+))"
)


# what apt says of a certificate that it does not accept
TLS = ("ertificate verification failed", "certificate is NOT trusted")


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An updated private apt. `conf` is its APT_CONFIG file, `urls` the mirrors' roots, `recorded` has
    each suite's index: its digest, then its date.

    Several sections may ask the same one: each names itself, for errors. `preferences` are stanzas that
    hold whatever is asked. As long as it lives, `held` keeps other runs out of its folder.
    """

    conf: Path
    urls: tuple[str, ...]
    recorded: dict[str, str]
    env: dict[str, str]
    preferences: tuple[str, ...] = ()
    held: FileLock | None = field(default=None, repr=False, compare=False)

    def resolve(
        self, names: Sequence[str], *, section: str, pins: Sequence[Pin] = ()
    ) -> tuple[Package, ...]:
        """What installing the essential packages, apt and `names` would fetch, sorted.

        Raises Vanished for names that are not there, CommandFailed where apt cannot satisfy them.
        """
        nothing = self.conf.with_name("status")
        return self.add(("?essential", "apt", *names), section=section, status=nothing, pins=pins)

    def add(
        self, names: Sequence[str], *, section: str, status: Path, pins: Sequence[Pin] = ()
    ) -> tuple[Package, ...]:
        """What installing `names` would fetch where dpkg's status file is `status`, sorted.

        apt takes the versions of `pins` where it has them, and says nothing where it has not.
        """
        state = ("-o", f"Dir::State::status={status}", *self._held(pins))
        told = ("-y", "--print-uris", *state, "install", *names)
        done = self._apt("-qq", *told)
        if done.returncode:
            # only the talkative form says which package lacks which
            done = self._apt("-q", *told)
        return self._read(done, ("apt-get", "install", *names), section=section)

    def offered(self, packages: Sequence[Package], *, section: str) -> dict[str, Package]:
        """The archive's own record of each pin, by pin. Raises Vanished for pins that are gone."""
        pins = [package.pin for package in packages]
        done = self._apt("-qq", "--print-uris", "download", *pins)
        found = self._read(done, ("apt-get", "download", *pins), section=section)
        return {package.pin: package for package in found}

    def fetch(self, packages: Sequence[Package], folder: Path, *, log: Path) -> None:
        """Bring the .debs into `folder`; apt checks each against the signed index."""
        folder.mkdir(parents=True, exist_ok=True)
        self._apt("-qq", "download", *(package.pin for package in packages), log=log, cwd=folder)

    def _held(self, pins: Sequence[Pin]) -> tuple[str, ...]:
        """The option that makes apt keep to pins by hand."""
        path = self.conf.with_name("preferences")
        if not (pins or self.preferences):
            return ()
        stanzas = [preferred(pin.package, pin.version.removeprefix("=")) for pin in pins]
        path.write_text("\n".join([*stanzas, *self.preferences]), encoding="utf-8")
        return ("-o", f"Dir::Etc::preferences={path}")

    def _read(
        self, done: Completed, command: tuple[str, ...], *, section: str
    ) -> tuple[Package, ...]:
        missing = [a or b for line in done.stderr.splitlines() for a, b in _MISSING.findall(line)]
        if missing:
            raise Vanished(section, missing, who="the archive")
        if done.returncode:
            # which packages lack what is said on standard output
            tail = [*done.stdout.splitlines(), *done.stderr.splitlines()][-20:]
            raise CommandFailed(command, returncode=done.returncode, tail=tail)
        return tuple(sorted(self._package(line) for line in done.stdout.splitlines()))

    def _package(self, line: str) -> Package:
        match = _URI.match(line)
        if not match:
            raise BuildError(f"apt printed a line that burnish cannot read: {line!r}")
        name, version, _ = match["file"].split("_")
        # whole names: the archive of /debian-security is not that of /debian
        root = next((url for url in self.urls if match["uri"].startswith(f"{url}/")), None)
        if root is None:
            raise BuildError(
                f"apt has {match['file']} from {match['uri']}, which is none of the archives asked: "
                f"{', '.join(self.urls)}",
                hint="run the same command again: the index is read anew",
            )
        return Package(
            name=name,
            version=unquote(version),
            sha256=match["sha256"],
            size=int(match["size"]),
            pool=unquote(match["uri"].removeprefix(root).lstrip("/")),
        )

    def _apt(self, *arguments: str, log: Path | None = None, cwd: Path | None = None) -> Completed:
        command = Command(argv=("apt-get", *arguments), env=self.env, cwd=cwd, timeout=1800)
        return process.run(command, log=log, check=log is not None)


@dataclass(frozen=True, kw_only=True)
class Release:
    """What an apt is opened for: a distribution's release, source lines of archives beside it, and which
    versions are preferred, as stanzas of apt's preferences."""

    rootfs: Rootfs
    distribution: str
    further: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()


def open_archive(release: Release, *, site: Site, folder: Path) -> Archive:
    """Update a private apt for one release, in `folder` or, where a run is at work there, beside it.

    ToolError if no mirror answers or no keyring is here.
    """
    rootfs, apt = release.rootfs, site.apt.get(release.distribution, Apt())
    keyring = find_keyring(rootfs, apt)
    lines = site_lines(rootfs, apt) if apt.mirror else default_lines(rootfs)
    folder, held = _own(folder)
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "archives/partial", "etc/preferences.d"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    more = "".join(f"{line}\n" for line in release.further)
    (folder / "sources.list").write_text(signed(lines, keyring) + more, encoding="utf-8")
    conf = folder / "apt.conf"
    conf.write_text(_conf(folder, ca_bundle=site.ca_bundle), encoding="utf-8")
    env = environment(conf, site)
    process.find("apt-get")
    command = Command(argv=("apt-get", "update", "--error-on=any"), env=env, timeout=300)
    done = process.run(command, check=False)
    if done.returncode:
        raise _unreachable(rootfs, done.stderr)
    recorded = {
        path.name.partition("_dists_")[2].removesuffix("_InRelease"): _recorded(path)
        # a flat archive's has no name but its address, which belongs into no lock
        for path in sorted((folder / "lists").glob("*_dists_*_InRelease"))
    }
    roots = [line.split()[-2] for line in release.further]
    roots += [line.split()[1] for line in lines]
    urls = tuple(dict.fromkeys(root.rstrip("/") for root in roots))
    return Archive(
        conf=conf,
        urls=urls,
        recorded=recorded,
        env=env,
        preferences=release.preferences,
        held=held,
    )


def _own(folder: Path) -> tuple[Path, FileLock]:
    """A folder that no other run empties or reads: its index may come from another mirror. The lock of
    a run that ended, or was killed, is free again, so there are never more than run at a time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    path, others = folder, 0
    while True:
        # what opened it may be let go by another thread
        lock = FileLock(path.with_name(f"{path.name}.lock"), thread_local=False)
        with suppress(Timeout):
            lock.acquire(timeout=0)
            return path, lock
        others += 1
        path = folder.with_name(f"{folder.name}.{others}")


def environment(conf: Path, site: Site) -> dict[str, str]:
    """What apt is run with: its own settings, the site's proxy and what goes past it."""
    names = ("http_proxy", "https_proxy", "no_proxy")
    proxies = {name: getattr(site, name) for name in names if getattr(site, name)}
    return {"APT_CONFIG": str(conf), "LC_ALL": "C", **proxies}


def _conf(folder: Path, *, ca_bundle: str) -> str:
    settings = {
        "Dir::Etc": folder / "etc",
        "Dir::Etc::main": "none",
        "Dir::Etc::parts": folder / "none",
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": folder / "none",
        "Dir::State": folder,
        "Dir::State::Lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "archives",
        "APT::Architecture": "amd64",
        "APT::Architectures": "amd64",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "",
        "APT::Get::Always-Include-Phased-Updates": "true",
        "Acquire::ForceHash": "SHA256",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Debug::NoLocking": "true",
        **({"Acquire::https::CAInfo": ca_bundle} if ca_bundle else {}),
    }
    return "".join(f'{key} "{value}";\n' for key, value in settings.items())


def _unreachable(rootfs: Rootfs, stderr: str) -> ToolError:
    errors = [line for line in stderr.splitlines() if line.startswith(("E:", "W:"))]
    key = any("NO_PUBKEY" in line or "EXPKEYSIG" in line for line in errors)
    refused = [line for line in errors if any(word in line for word in TLS)]
    if refused:
        who, detail = f"the mirror of {rootfs.suite}", f"  | {refused[0]}"
        return untrusted(who, detail, so_far=", nothing built")
    if key:
        return ToolError(
            f"the signatures of {rootfs.suite} do not match the keyring {rootfs.keyring!r}",
            hint="bring the distribution's current keyring package onto this machine",
        )
    detail = "\n".join(f"  | {line}" for line in errors[:5])
    return ToolError(
        f"no mirror answers for {rootfs.suite}, nothing built\n{detail}",
        hint="name a mirror as apt.DISTRIBUTION.mirror in site.yaml, or a proxy as http_proxy",
    )


def _recorded(path: Path) -> str:
    """An index file's digest and, as it says itself, when it was made."""
    content = path.read_bytes()
    date = re.search(rb"^Date: (.+)$", content, flags=re.MULTILINE)
    made = parsedate_to_datetime(date[1].decode()) if date else None
    when = f" {made.astimezone(UTC):{FORM}}" if made else ""
    return hashlib.sha256(content).hexdigest() + when
