"""venv-from NAME DIR: your own environment in DIR, on top of the shared environment NAME.

All packages of NAME are there, and `DIR\\Scripts\\pip install` adds or replaces some for you alone.
The first argument, which the command gives, is the folder of the shared environments.
"""

import sys
import sysconfig
import venv
from pathlib import Path


def place(environment, kind):
    """A folder of an environment, as this system lays environments out."""
    own = {"base": str(environment), "platbase": str(environment)}
    return Path(sysconfig.get_path(kind, "venv", vars=own))


def shared(prefix):
    """The shared environments by name."""
    return {each.parent.name: each.parent for each in sorted(prefix.glob("*/pyvenv.cfg"))}


def main(prefix, arguments):
    below = shared(Path(prefix))
    if len(arguments) != 2 or arguments[0] not in below:
        names = "\n".join(below)
        sys.stderr.write(f"usage: venv-from NAME DIR; NAME is one of:\n{names}\n")
        return 2
    own, packages = Path(arguments[1]).absolute(), place(below[arguments[0]], "purelib")
    venv.create(own, with_pip=False)
    # not the folder's bare name: packages with their own .pth files need them read, too
    line = f"import site; site.addsitedir({str(packages)!r})\n"
    (place(own, "purelib") / "_venv_from.pth").write_text(line, encoding="utf-8")
    # pip comes from below too, and installs here
    pip = place(own, "scripts") / "pip.cmd"
    pip.write_bytes(b'@"%~dp0python.exe" -m pip %*\r\n')
    return 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
