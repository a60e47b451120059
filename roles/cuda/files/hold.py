"""Takes dpkg's patterns of names; holds the installed packages they match; prints {"changed": [...]}."""

import json
import subprocess
import sys


def lines(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.splitlines()


rows = lines(
    "dpkg-query", "--show", "--showformat=${db:Status-Abbrev}\t${Package}\n", *sys.argv[1:]
)
installed = {name for state, _, name in (row.partition("\t") for row in rows) if state[1:2] == "i"}
new = sorted(installed - set(lines("apt-mark", "showhold")))
if new:
    subprocess.run(["apt-mark", "hold", *new], check=True, stdout=sys.stderr)
print(json.dumps({"changed": new}))
