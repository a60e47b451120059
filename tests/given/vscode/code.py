#!/usr/bin/python3
"""A fixture: it plays the command line of VS Code in burnish's tests, and is nothing else.

It tells its version and keeps extensions in the user's folder, as the real one. It draws no window.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

OWN = Path.home() / ".vscode" / "extensions"


def install(archive: str) -> str:
    """Unpack an extension into the user's folder, as `PUBLISHER.NAME-VERSION`."""
    with zipfile.ZipFile(archive) as packed:
        manifest = json.loads(packed.read("extension/package.json"))
        folder = OWN / "{publisher}.{name}-{version}".format(**manifest)
        for name in packed.namelist():
            if name.startswith("extension/") and not name.endswith("/"):
                path = folder / name.removeprefix("extension/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(packed.read(name))
    return f"Extension '{Path(archive).name}' was successfully installed."


def uninstall(name: str) -> None:
    """Remove one of the user's own."""
    for folder in OWN.glob(f"{name}-*"):
        shutil.rmtree(folder)


def installed() -> list[str]:
    """`PUBLISHER.NAME@VERSION` of each of the user's own."""
    found = (json.loads(path.read_text("utf-8")) for path in OWN.glob("*/package.json"))
    return sorted("{publisher}.{name}@{version}".format(**each) for each in found)


def main(arguments: list[str]) -> int:
    if os.getuid() == 0 and not any(each.startswith("--user-data-dir") for each in arguments):
        print("You are trying to start it as a super user", file=sys.stderr)
        return 1
    if "--version" in arguments:
        print("0.0.1\nfixture\nx64")
    elif "--install-extension" in arguments:
        print(install(arguments[arguments.index("--install-extension") + 1]))
    elif "--uninstall-extension" in arguments:
        uninstall(arguments[arguments.index("--uninstall-extension") + 1])
    elif "--list-extensions" in arguments:
        print("\n".join(installed()))
    else:
        print("a fixture has no window", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
