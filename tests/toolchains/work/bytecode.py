"""Reads each compiled file of the environment, and watches imports for anything compiled anew."""

import importlib.util
import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

site = Path(sysconfig.get_path("purelib"))
absent, checked, newer, stale, times = [], 0, [], [], []


def readable(source):
    try:
        compile(source.read_bytes(), source.name, "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


for source in site.rglob("*.py"):
    # the packages' own test suites are not compiled: nobody imports them
    if "tests" in source.relative_to(site).parts[:-1]:
        continue
    compiled = Path(importlib.util.cache_from_source(source))
    if not compiled.exists():
        (absent if readable(source) else newer).append(str(source.relative_to(site)))
        continue
    checked += 1
    header = compiled.read_bytes()[:16]
    expected = importlib.util.MAGIC_NUMBER, importlib.util.source_hash(source.read_bytes())
    if (header[:4], header[8:]) != expected:
        stale.append(str(source))
    # PEP 552: bit 0 = by hash, bit 1 = compare it with the source on import
    if int.from_bytes(header[4:8], "little") != 0b01:
        times.append(str(source))

imports = "import " + ", ".join(sys.argv[1:])
trace = subprocess.run(
    [sys.executable, "-v", "-c", imports], capture_output=True, text=True, check=False
)
compiled_anew = re.findall(r"^# code object from '?([^'\n]+\.py)'?$", trace.stderr, re.MULTILINE)
print(
    json.dumps(
        {
            "absent": absent[:20],
            "checked": checked,
            "newer": newer,
            "stale": stale[:20],
            "not_unchecked": times[:20],
            "returncode": trace.returncode,
            "from_cache": len(
                re.findall(r"^# code object from .*\.pyc", trace.stderr, re.MULTILINE)
            ),
            "compiled_anew": [p for p in compiled_anew if p.startswith(sys.prefix)],
        }
    )
)
