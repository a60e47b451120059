"""Asks the programs themselves which settings they go by. Arguments: sections. Runs as root."""

import json
import re
import subprocess
import sys
from pathlib import Path


def output(*argv, env=None):
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=env)
    return done.stdout + done.stderr


def apt():
    values = re.findall(r'^(\S+) "(.*)";$', output("apt-config", "dump"), re.MULTILINE)
    timers = ("apt-daily.timer", "apt-daily-upgrade.timer")
    return {
        "settings": dict(values),
        "timers": {timer: output("systemctl", "is-enabled", timer).strip() for timer in timers},
    }


def agent():
    shown = output("waagent", "-show-configuration")
    return dict(line.split(" = ", 1) for line in shown.splitlines() if " = " in line)


def cloud():
    sys.path.insert(0, "/usr/lib/python3/dist-packages")
    from cloudinit import util

    settings = util.read_conf_with_confd("/etc/cloud/cloud.cfg")
    return {name: value for name, value in settings.items() if not name.endswith("_modules")}


def clock():
    """What chronyd would go by: as it is, and where the host has a clock (as its unit sees it)."""
    unit = output("systemctl", "cat", "burnish-hyperv-clock.service")
    command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1].split()
    placed = Path(command[-1])
    without = output("chronyd", "-p").splitlines()
    there = placed.exists()
    try:
        subprocess.run(command, check=True)
        with_host = output("chronyd", "-p").splitlines()
    finally:
        if not there:
            placed.unlink(missing_ok=True)
    return {
        "without": [line.split()[0] for line in without if line],
        "refclocks": [line for line in with_host if line.startswith("refclock ")],
        "enabled": output("systemctl", "is-enabled", "burnish-hyperv-clock.service").strip(),
    }


def journal():
    """The limit that the running journald speaks of."""
    said = output("journalctl", "--no-pager", "--unit=systemd-journald", "--boot")
    limits = re.findall(r"System Journal .* max ([0-9.]+[KMGT]?)", said)
    # newer ones say 200M where older ones say 200.0M
    limits = [re.sub(r"\.0(?=[KMGT]?$)", "", limit) for limit in limits]
    folder = Path("/var/log/journal")
    return {"limits": limits, "persistent": folder.is_dir() and any(folder.iterdir())}


def place():
    locale = dict(
        re.findall(r"^(\w+)=(.*)$", Path("/etc/default/locale").read_text(), re.MULTILINE)
    )
    program = "import locale; locale.setlocale(locale.LC_ALL, ''); print(locale.getlocale())"
    return {
        "lang": locale.get("LANG"),
        "usable": output("/usr/bin/python3", "-c", program, env=locale).strip(),
        "timezone": str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2],
        "offset": output("date", "--date=2026-01-15T12:00:00Z", "+%H:%M").strip(),
    }


SECTIONS = {part.__name__: part for part in (apt, agent, cloud, clock, journal, place)}
print(json.dumps({name: SECTIONS[name]() for name in sys.argv[1:]}))
