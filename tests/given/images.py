"""Docker's images and containers, as tests look at them and take them away."""

from __future__ import annotations

import subprocess


def docker(*arguments: str) -> str:
    """Standard output of a call of Docker."""
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout


def forget(prefix: str) -> None:
    """Remove every image whose name begins so."""
    shown = docker("images", "--format", "{{.Repository}}:{{.Tag}}", f"{prefix}/*").split()
    if shown:
        docker("rmi", "--force", *shown)
