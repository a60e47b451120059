"""Says which interpreter stands behind what people and what machines call."""

import json
import subprocess

SAY = "import sys; print(sys.prefix, sys.executable)"


def prefix(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout.strip().split(" ")[0] if done.returncode == 0 else done.stderr[-500:]


pip = subprocess.run(["pip", "--version"], capture_output=True, text=True, check=False)
print(
    json.dumps(
        {
            "python": prefix("python", "-c", SAY),
            "pip": pip.stdout,
            "login_python3": prefix("bash", "-lc", f"python3 -c '{SAY}'"),
            "bare_python3": prefix("python3", "-c", SAY),
        }
    )
)
