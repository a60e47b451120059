#!/usr/bin/python3
"""more-info: what is on this machine, as it is now, and what is not, with its reason.

more-info            for people
more-info --json     for programs

What was put on the machine stands in a file; whether it is there and how it is called is asked of the
machine at each call. Ends with 1 if something of it is not there any more.
"""

import argparse
import getpass
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

WINDOWS = os.name == "nt"
SHARED = os.environ.get("PROGRAMDATA", "C:/ProgramData")
CONTENTS = f"{SHARED}/burnish/contents.json" if WINDOWS else "/usr/share/burnish/contents.json"
KERNELS = f"{SHARED}/jupyter/kernels" if WINDOWS else "/usr/local/share/jupyter/kernels"
VERSION = re.compile(r"\d+(?:\.\d+)+[\w.+-]*")
PYTHON = "import platform; from importlib.metadata import distributions as d; "
PYTHON += "print(platform.python_version(), len({each.name for each in d()}))"


def words(line):
    """A command's words; a path on Windows keeps its backslashes."""
    return shlex.split(line, posix=not WINDOWS)


def ask(argv):
    """What a program says in its first lines, on either stream; nothing where it can't be run."""
    # by its whole name: on Windows many commands are batch files, which are not found by less
    argv = [shutil.which(argv[0]) or argv[0], *argv[1:]]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + done.stderr).strip() if done.returncode == 0 else ""


def environments(listed):
    for each in listed:
        version, _, packages = ask([each["python"], "-I", "-c", PYTHON]).partition(" ")
        activate = f"{os.path.dirname(each['python'])}{os.sep}activate"
        start = " ".join(each["commands"]) or (activate if WINDOWS else f"source {activate}")
        count = int(packages or 0)
        yield {
            **each,
            "version": version,
            "packages": count,
            "start": start,
            "there": bool(version),
        }


def kernels(listed):
    """Those listed, then those that somebody else registered for all users."""
    found = sorted(os.listdir(KERNELS)) if os.path.isdir(KERNELS) else []
    for name in [*listed, *(each for each in found if each not in listed)]:
        try:
            with open(f"{KERNELS}/{name}/kernel.json", encoding="utf-8") as file:
                spec = json.load(file)
        except (OSError, ValueError):
            spec = {"argv": [listed.get(name, "")], "display_name": name}
            there = False
        else:
            there = shutil.which(spec["argv"][0]) is not None
        yield {
            "name": name,
            "title": spec["display_name"],
            "program": spec["argv"][0],
            "there": there,
        }


def tools(listed):
    for each in listed:
        first = words(each["start"])[0]
        there = shutil.which(first) is not None or os.path.isdir(first)
        said = ask(words(each["version"])) if each["version"] else ""
        match = VERSION.search(said)
        yield {**each, "version": match[0] if match else said.partition("\n")[0], "there": there}


def services(listed):
    for each in listed:
        unit = each["unit"].replace("@.", f"@{getpass.getuser()}.")
        argv = ["systemctl", "show", "--property=LoadState,ActiveState", unit]
        state = dict(line.split("=", 1) for line in ask(argv).splitlines() if "=" in line)
        # where systemd does not run, only the unit's file can tell
        places = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
        there = any(os.path.exists(f"{place}/{each['unit']}") for place in places)
        yield {**each, "unit": unit, "state": state.get("ActiveState", "unknown"), "there": there}


def look(contents):
    """Everything listed, with what the machine says of it."""
    found = {
        "environments": list(environments(contents["environments"])),
        "kernels": list(kernels(contents["kernels"])),
        "tools": list(tools(contents["tools"])),
        "services": list(services(contents["services"])),
    }
    missing = [
        f"{kind}: {each.get('name') or each['unit']}"
        for kind, all_of_them in found.items()
        for each in all_of_them
        if not each["there"]
    ]
    kept = {key: contents[key] for key in ("image", "flavour", "epoch", "left_out")}
    return {**kept, **found, "missing": missing}


def table(title, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return ["", title, *lines]


def shown(each, start):
    return start if each["there"] else "NOT THERE"


def without(each):
    """Why something is not there, and what is offered instead."""
    return "; instead: ".join(filter(None, (each["reason"], each.get("instead"))))


def port(each):
    return f"port {each['port']}" + (", https" if each["https"] else "") if each["port"] else ""


def page(found):
    """The lines for people."""
    day = time.strftime("%d %B %Y", time.gmtime(found["epoch"])).lstrip("0")
    lines = [f"{found['image']}: what is on this machine; packages as of {day}"]
    rows = [
        (
            e["name"] + (" (`python`)" if e["default"] else ""),
            f"Python {e['version']}",
            f"{e['packages']} packages",
            shown(e, e["start"]),
        )
        for e in found["environments"]
    ]
    lines += table("Python environments", rows)
    rows = [(e["name"], e["title"], shown(e, e["program"])) for e in found["kernels"]]
    lines += table("Kernels of notebooks", rows)
    rows = [(e["name"], e["version"], shown(e, e["start"])) for e in found["tools"]]
    lines += table("Programs", rows)
    rows = [
        (e["unit"], port(e), e["state"], shown(e, f"sudo systemctl start {e['unit']}"))
        for e in found["services"]
    ]
    lines += table("Services", rows)
    rows = [(e["name"], without(e)) for e in found["left_out"]]
    lines += table("Not on this machine, and why", rows)
    if found["missing"]:
        lines += table(
            "Put on this machine, but NOT THERE any more", [(e,) for e in found["missing"]]
        )
    return lines


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--contents", default=CONTENTS, help="another list than this machine's")
    options = parser.parse_args()
    with open(options.contents, encoding="utf-8") as file:
        found = look(json.load(file))
    print(json.dumps(found, indent=1) if options.json else "\n".join(page(found)))
    return 1 if found["missing"] else 0


if __name__ == "__main__":
    sys.exit(main())
