"""Says who signed each module of the image's kernel. As root."""

import json
import subprocess
import sys
from pathlib import Path

(kernel,) = (path.name.removeprefix("vmlinuz-") for path in Path("/boot").glob("vmlinuz-*"))
argv = ["modinfo", "-k", kernel, "-F"]
there = {
    name: subprocess.run([*argv, "filename", name], capture_output=True, text=True, check=True)
    for name in sys.argv[1:]
}
print(
    json.dumps(
        {
            name: subprocess.run(
                [*argv, "signer", name], capture_output=True, text=True, check=True
            ).stdout.strip()
            for name in there
        }
    )
)
