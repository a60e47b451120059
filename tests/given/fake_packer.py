"""Takes a folder; gives a program `packer` that plays logs of azure-arm, one for each build. Labelled so."""

from __future__ import annotations

import shutil
from pathlib import Path

LOGS = Path(__file__).parent / "azure_logs"
PROGRAM = """\
#!/bin/sh
# a fake: it builds nothing and plays what stands in its folder
here=$(dirname "$0")
echo "$*" >> "$here/calls"
case $1 in
  version) echo "Packer v{version}" ;;
  plugins) cat "$here/plugins" ;;
  validate) exit 0 ;;
  build)
    number=$(cat "$here/number" 2>/dev/null || echo 1)
    echo $((number + 1)) > "$here/number"
    env > "$here/environment"
    # what the checks of this build would have left
    junit=$(sed -n "s/.*--junit-xml=\\([^' ]*\\).*/\\1/p" checks)
    test ! -e "$here/checks.xml" || cp "$here/checks.xml" "$junit"
    cat "$here/$number.log"
    test ! -e "$here/hang" || sleep 60
    exit "$(cat "$here/$number.code")"
    ;;
esac
"""


def write(folder: Path, *logs: str, version: str = "1.11.2", plugin: str = "2.6.3") -> Path:
    """The program, with these versions of the plugin azure; its Nth build plays the Nth log, and ends well
    for `made` and `windows-made` only."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "packer"
    path.write_text(PROGRAM.replace("{version}", version), encoding="utf-8")
    path.chmod(0o755)
    for number, name in enumerate(logs, start=1):
        shutil.copy(LOGS / f"{name}.log", folder / f"{number}.log")
        (folder / f"{number}.code").write_text(
            "0" if name.endswith("made") else "1", encoding="utf-8"
        )
    installed = [
        f"/plugins/packer-plugin-azure_v{each}_x5.0_linux_amd64\n" for each in plugin.split()
    ]
    (folder / "plugins").write_text("".join(installed), encoding="utf-8")
    return path


def calls(path: Path) -> list[str]:
    """How it was called."""
    return path.with_name("calls").read_text(encoding="utf-8").splitlines()
