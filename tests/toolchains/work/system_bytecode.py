"""Reads the bytecode of the system's Python, and watches imports for anything compiled anew.

Arguments: modules to import.
"""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

folders = [*Path("/usr/lib").glob("python3*"), *Path("/usr/share").glob("python3*")]
absent, by_time, stale, checked = [], [], [], 0
for source in sorted({path for folder in folders for path in folder.rglob("*.py")}):
    if source.is_symlink():
        continue
    try:
        compile(source.read_bytes(), source, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):  # a template, or another major version's code
        continue
    compiled = Path(importlib.util.cache_from_source(source))
    if not compiled.exists():
        absent.append(str(source))
        continue
    checked += 1
    header = compiled.read_bytes()[:16]
    if int.from_bytes(header[4:8], "little") != 0b01:
        by_time.append(str(source))
    elif header[8:] != importlib.util.source_hash(source.read_bytes()):
        stale.append(str(source))

trace = subprocess.run(
    [sys.executable, "-v", "-c", "import " + ", ".join(sys.argv[1:])],
    capture_output=True,
    text=True,
    check=False,
)
print(
    json.dumps(
        {
            "checked": checked,
            "absent": absent[:20],
            "by_time": by_time[:20],
            "stale": stale[:20],
            "imported": trace.returncode == 0,
            "compiled_anew": re.findall(
                r"^# code object from '?(/[^'\n]+\.py)'?$", trace.stderr, re.MULTILINE
            ),
        }
    )
)
