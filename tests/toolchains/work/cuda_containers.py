"""Says which container toolkit is there: the versions that its programs tell, nothing without them."""

import json
import re
import shutil
import subprocess


def version(program):
    if shutil.which(program) is None:
        return ""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version:? (\d+\.\d+\.\d+)", done.stdout)
    return found[1] if found else f"exit code {done.returncode}: {done.stdout}{done.stderr}"


print(json.dumps({name: version(name) for name in ("nvidia-ctk", "nvidia-container-cli")}))
