"""Takes a folder to make; fills it with links to the toolkit of the running environment's NVIDIA wheels.

The wheels of CUDA 12 have a folder for each part (nvidia/cuda_nvcc), those of 13 one for all
(nvidia/cu13). Programs look for bin, include, lib64 and nvvm in one place, and the linker for libX.so
beside libX.so.N, which no wheel has. Prints {"changed": [...]} as JSON.
"""

import json
import os
import re
import sys
import sysconfig

PARTS = {"bin": "bin", "include": "include", "lib": "lib64", "lib64": "lib64", "nvvm": "nvvm"}
VERSIONED = re.compile(r"(lib.+\.so)\.[\d.]+")


def wanted(site):
    """Every link, place in the tree -> file; what ends in .so leads to the file beside it."""
    found = {}
    for wheel in sorted(os.scandir(os.path.join(site, "nvidia")), key=lambda each: each.name):
        for part in PARTS if wheel.is_dir() else ():
            top = os.path.join(wheel.path, part)
            for folder, names, files in os.walk(top):
                names[:] = sorted(name for name in names if name != "__pycache__")
                for name in sorted(files):
                    inside = os.path.relpath(os.path.join(folder, name), top)
                    if not inside.startswith("__init__."):
                        found[os.path.join(PARTS[part], inside)] = os.path.join(folder, name)
    for place in sorted(found):
        match = VERSIONED.fullmatch(os.path.basename(place))
        if match and place.startswith("lib64"):
            found.setdefault(os.path.join("lib64", match[1]), os.path.basename(place))
    return found


def main(tree):
    links = wanted(sysconfig.get_path("purelib"))
    changed = []
    for folder, _, files in os.walk(tree):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.relpath(path, tree) not in links:
                os.remove(path)
                changed.append(path)
    for place, target in links.items():
        path = os.path.join(tree, place)
        if os.path.islink(path) and os.readlink(path) == target:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.remove(path)
        os.symlink(target, path)
        changed.append(path)
    print(json.dumps({"changed": changed}))


main(sys.argv[1])
