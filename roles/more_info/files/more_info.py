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
# What a shell, or a batch file, ends with where what it was to start is not there.
NOWHERE = (126, 127, 9009)


def words(line):
    """A command's words; a path on Windows keeps its backslashes."""
    return shlex.split(line, posix=not WINDOWS)


def run(argv):
    """A program's exit code, and what it says on each stream: nothing where it ends with another than 0."""
    # by its whole name: on Windows many commands are batch files, which are not found by less
    argv = [shutil.which(argv[0]) or argv[0], *argv[1:]]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return NOWHERE[0], "", ""
    except subprocess.TimeoutExpired:
        return 1, "", ""  # it is there, and slow
    return (done.returncode, "", "") if done.returncode else (0, done.stdout, done.stderr)


def environments(listed):
    for each in listed:
        # the last line: packages may have something to say when Python starts
        said = run([each["python"], "-I", "-c", PYTHON])[1].strip().rpartition("\n")[2]
        version, _, packages = said.partition(" ")
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
            title, program = spec["display_name"], spec["argv"][0]
        except (OSError, ValueError, LookupError, TypeError):
            if name not in listed:
                continue  # no kernel to Jupyter either
            title, program, there = name, listed[name], False
        else:
            there = shutil.which(program) is not None
        yield {"name": name, "title": title, "program": program, "there": there}


def tools(listed):
    for each in listed:
        first = words(each["start"])[0]
        there = shutil.which(first) is not None or os.path.isdir(first)
        code, *said = run(words(each["version"])) if each["version"] else (0, "", "")
        # many commands only start another program, which may be gone
        there = there and code not in NOWHERE
        said = "".join(said).strip()
        match = VERSION.search(said)
        yield {**each, "version": match[0] if match else said.partition("\n")[0], "there": there}


def services(listed):
    for each in listed:
        unit = each["unit"].replace("@.", f"@{getpass.getuser()}.")
        argv = ["systemctl", "show", "--property=LoadState,ActiveState", unit]
        state = dict(line.split("=", 1) for line in run(argv)[1].splitlines() if "=" in line)
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
    # what somebody else put on the machine is theirs to miss
    missing = [
        f"{kind}: {each.get('name') or each['unit']}"
        for kind, all_of_them in found.items()
        for each in all_of_them
        if not each["there"] and (kind != "kernels" or each["name"] in contents["kernels"])
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
