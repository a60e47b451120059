"""Makes a user's own environment on top of a shared one. Arguments: tool, name, a module of it."""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

tool, name, module = sys.argv[1:]
WHEEL = {
    "mine.py": "VALUE = 42\n",
    "mine-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n",
    "mine-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "mine-1.0.dist-info/RECORD": "mine.py,,\nmine-1.0.dist-info/METADATA,,\n"
    "mine-1.0.dist-info/WHEEL,,\nmine-1.0.dist-info/RECORD,,\n",
}


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return {"returncode": done.returncode, "out": done.stdout.strip(), "err": done.stderr[-2000:]}


# at home, where users make them: /tmp may be mounted noexec
with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
    wheel = Path(folder) / "mine-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in WHEEL.items():
            archive.writestr(path, text)
    home = Path(folder) / "own"
    made = run(tool, name, str(home))
    python = str(home / "bin" / "python")
    installed = run(str(home / "bin" / "pip"), "install", "--no-index", str(wheel))
    code = f"import mine, sys, {module}; print(mine.VALUE, sys.prefix, {module}.__file__)"
    used = run(python, "-c", code)
    shared = run(sys.executable, "-m", "pip", "install", "--no-index", str(wheel))
    print(
        json.dumps(
            {
                "made": made,
                "installed": installed,
                "used": used["out"].split(" "),
                "home": str(home),
                "said": used["err"],
                "shared_refused": shared["returncode"] != 0,
                "unknown_name": run(tool, "no-such-environment", str(home))["returncode"],
            }
        )
    )
