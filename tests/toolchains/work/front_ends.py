"""What an environment brings to draw its figures in JupyterLab, and what every Jupyter finds of it.

Runs in that environment.
"""

import json
import sys
from pathlib import Path

from jupyter_core.paths import SYSTEM_JUPYTER_PATH

PLACES = [Path(place, "labextensions") for place in SYSTEM_JUPYTER_PATH]


def names(place):
    """The extensions in a folder: NAME or @SCOPE/NAME."""
    files = [*place.glob("[!@]*/package.json"), *place.glob("@*/*/package.json")]
    return sorted(file.parent.relative_to(place).as_posix() for file in files)


own = Path(sys.prefix, "share", "jupyter", "labextensions")
print(
    json.dumps(
        {
            "brought": names(own),
            "found": [
                name
                for name in names(own)
                if any(
                    Path(place, name).is_dir() and Path(place, name).samefile(own / name)
                    for place in PLACES
                )
            ],
            "broken": [
                str(path)
                for place in PLACES
                for path in place.rglob("*")
                if path.is_symlink() and not path.exists()
            ],
        }
    )
)
