"""Imports what each requirement installs; what is a program only is started, and what is only headers and
libraries of C has to be there.

Argument: {requirement: [names], ...}, [] = find out.
"""

import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
import time


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def names(distribution):
    """The importable names that a distribution installs at the top of site-packages."""
    found = set()
    for file in distribution.files or ():
        top = file.parts[0]
        if len(file.parts) > 1 and file.suffix in {".py", ".so", ".pyd"}:
            found.add(top)
        elif len(file.parts) == 1 and file.suffix in {".py", ".so", ".pyd"}:
            found.add(top.split(".")[0])
    return sorted(name for name in found if name.isidentifier() and not name.startswith("_"))


def programs(distribution):
    return [
        distribution.locate_file(file) for file in distribution.files if file.parent.name == "bin"
    ]


def of_c(distribution):
    """Headers, and libraries that are loaded by a versioned name."""
    files = [file for file in distribution.files if {"include", "lib"} & set(file.parts[:-1])]
    return [distribution.locate_file(file) for file in files]


def load(modules, distribution):
    if not modules and (found := programs(distribution)):
        started = [
            subprocess.run([path, "--version"], capture_output=True, check=False) for path in found
        ]
        return [
            f"{done.args[0]}: exit code {done.returncode}" for done in started if done.returncode
        ]
    if not modules and (found := of_c(distribution)):
        return [f"{path}: is not there" for path in found if not path.exists()]
    errors = []
    for module in modules or ["(nothing to import)"]:
        try:
            importlib.import_module(module)
        except Exception as error:
            errors.append(f"import {module}: {type(error).__name__}: {error}")
    return errors


installed = {canonical(d.metadata["Name"]): d for d in importlib.metadata.distributions()}
report = {}
for requirement, given in json.loads(sys.argv[1]).items():
    distribution = installed.get(canonical(requirement))
    started = time.perf_counter()
    modules = given or (names(distribution) if distribution else [])
    report[requirement] = {
        "modules": modules,
        "errors": load(modules, distribution) if distribution else ["not installed"],
        "seconds": round(time.perf_counter() - started, 3),
    }
print(
    json.dumps(
        {
            "requirements": report,
            "prefix": sys.prefix,
            "versions": {name: d.version for name, d in installed.items()},
        }
    )
)
