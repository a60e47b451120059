"""A further root over this checkout, and `burnish` called with both; pins are our own image's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BURNISH = str(Path(sys.executable).with_name("burnish"))
PINNED = "debian-12-cpu"


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """A further root, an image of it, and what differs in the environment."""

    root: Path
    image: str
    env: Mapping[str, str] = field(default_factory=dict)

    def argv(self, *arguments: str) -> list[str]:
        """The command."""
        return [BURNISH, "--root", str(ROOT), "--root", str(self.root), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """The command's environment."""
        return {**os.environ, "COLUMNS": "200", **self.env}

    def burnish(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            self.argv(*arguments),
            env=self.environment,
            check=False,
            text=True,
            capture_output=True,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it, in a session of its own as a user's shell would."""
        return subprocess.Popen(
            self.argv(*arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def pin(root: Path, image: str) -> None:
    """Give an image the lock of ours, so that the layers below are the same."""
    locks = Path("packer") / "locks"
    text = (ROOT / locks / f"{PINNED}.lock.yaml").read_text(encoding="utf-8")
    (root / locks).mkdir(parents=True, exist_ok=True)
    lock = text.replace(PINNED, image)
    (root / locks / f"{image}.lock.yaml").write_text(lock, encoding="utf-8")
