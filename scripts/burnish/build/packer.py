"""Finds Packer (on PATH, a pinned release, the distribution's) and makes its calls."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

from burnish import process
from burnish.errors import ToolError
from burnish.model.command import Command

# Built-in plugins end with 1.9; later ones want `packer init` or a folder of plugins.
FIRST_WITH_INIT = (1, 7, 0)
FIRST_BARE = (1, 10, 0)


@dataclass(frozen=True, kw_only=True)
class Release:
    """A Packer release to fetch when PATH has none. `sha256` of the zip."""

    version: str
    url: str
    sha256: str


# The newest whose checksum could be had from a public record (Hermit's package list); its plugins
# are built in, and it is the last minor but one under the MPL.
PINNED = Release(
    version="1.8.6",
    url="https://releases.hashicorp.com/packer/1.8.6/packer_1.8.6_linux_amd64.zip",
    sha256="57d0411e578aea62918d36ed186951139d5d49d44b76e5666d1fbf2427b385ae",
)


@dataclass(frozen=True, kw_only=True)
class Packer:
    """A Packer that answers. `plugins` is a folder of installed plugins, or None."""

    path: Path
    version: tuple[int, ...]
    plugins: Path | None = None

    @property
    def env(self) -> dict[str, str]:
        """What every call needs: no telemetry, no colours, our own plugins."""
        env = {"CHECKPOINT_DISABLE": "1", "PACKER_NO_COLOR": "1"}
        return env | ({"PACKER_PLUGIN_PATH": str(self.plugins)} if self.plugins else {})

    def build(self, template: Path, *, cwd: Path, env: dict[str, str]) -> Command:
        """`packer build` of one template; the file of plugins is given only to those that know it."""
        argv = (str(self.path), "build", "-color=false", str(template))
        return Command(argv=argv, cwd=cwd, env={**self.env, **env}, timeout=6 * 3600)

    def validate(self, template: Path, *, cwd: Path) -> Command:
        """`packer validate` of one template."""
        argv = (str(self.path), "validate", str(template))
        return Command(argv=argv, cwd=cwd, env=self.env, timeout=120)

    def init(self, folder: Path) -> Command | None:
        """`packer init` for a folder of required plugins, where it is needed at all."""
        if self.version < FIRST_BARE or self.plugins:
            return None
        return Command(argv=(str(self.path), "init", str(folder)), env=self.env, timeout=600)


def find(store: Path, release: Release, *, plugins: Path | None = None) -> Packer:
    """Packer on PATH, else the pinned release. ToolError says what each way met."""
    on_path = shutil.which("packer")
    if on_path:
        return ask(Path(on_path), plugins=plugins)
    kept = store / "tools" / f"packer-{release.version}"
    if kept.is_file():
        return ask(kept, plugins=plugins)
    fetch(release, kept)
    return ask(kept, plugins=plugins)


def ask(path: Path, *, plugins: Path | None = None) -> Packer:
    """The version of the Packer at `path`; ToolError if it does not tell."""
    done = process.run(Command(argv=(str(path), "version"), timeout=60), check=False)
    match = re.search(r"v(\d+)\.(\d+)\.(\d+)", done.stdout)
    if not match:
        raise ToolError(f"{path}: does not say its version", hint="is this HashiCorp's packer?")
    return Packer(path=path, version=tuple(map(int, match.groups())), plugins=plugins)


def fetch(release: Release, place: Path) -> None:
    """Download, check, unpack one binary. Nothing is left under `place` unless the checksum fits."""
    place.parent.mkdir(parents=True, exist_ok=True)
    archive = place.with_name(f"{place.name}.zip")
    try:
        with urllib.request.urlopen(release.url, timeout=60) as answer:  # noqa: S310  (https or file, from the site)
            archive.write_bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        raise ToolError(
            f"packer {release.version} can't be fetched: {error}",
            hint="install packer yourself, or name a mirror as packer.url in site.yaml",
        ) from error
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != release.sha256:
        archive.unlink()
        raise ToolError(
            f"packer {release.version}: sha256 is {found}, pinned is {release.sha256}",
            hint="nothing was installed; is the mirror's file another one?",
        )
    temporary = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(archive) as bundle, bundle.open("packer") as binary:
            temporary.write_bytes(binary.read())
    except (zipfile.BadZipFile, KeyError) as error:
        raise ToolError(
            f"packer {release.version}: the archive holds no binary: {error}",
            hint="the pinned checksum fits, so the pin itself is wrong: packer.sha256",
        ) from error
    finally:
        archive.unlink()
    temporary.chmod(0o755)
    temporary.rename(place)
