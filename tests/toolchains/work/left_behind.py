"""Lists what matches any of the glob patterns given as arguments. Runs as root."""

import json
import sys
from pathlib import Path

print(
    json.dumps(
        sorted(
            path
            for pattern in sys.argv[1:]
            for path in map(str, Path("/").glob(pattern.lstrip("/")))
        )
    )
)
