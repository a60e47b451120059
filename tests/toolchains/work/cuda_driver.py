"""Says what the driver is: modules by kernel, what holds them, what the libraries answer. As root.

Argument: JSON {"names": modules, "plain": bool}: with `plain` one may be called so without "-current".
"""

import ctypes
import json
import subprocess
import sys
from pathlib import Path


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def called(kernel, name, *, plain):
    there = run("modinfo", "-k", kernel, "-F", "filename", name).stdout.strip()
    return name if there or not plain else name.replace("-current", "", 1)


def told(kernel, name):
    fields = ("filename", "version", "vermagic", "signer", "license")
    asked = {
        field: run("modinfo", "-k", kernel, "-F", field, name).stdout.strip() for field in fields
    }
    return {**asked, "vermagic": asked["vermagic"].partition(" ")[0]}


def library():
    """The CUDA that the driver brings, and what it says to whoever wants to begin."""
    driver, version = ctypes.CDLL("libcuda.so.1"), ctypes.c_int()
    driver.cuDriverGetVersion(ctypes.byref(version))
    return {"version": version.value, "init": driver.cuInit(0)}


def by_name():
    """What is loaded at every boot, on whatever machine."""
    folders = (Path("/etc/modules-load.d"), Path("/usr/lib/modules-load.d"))
    texts = (
        file.read_text(encoding="utf-8") for folder in folders for file in folder.glob("*.conf")
    )
    return sorted(line for text in texts for line in text.split() if line.startswith("nvidia"))


def keys():
    """Private keys, which every machine of the image would have."""
    folders = (Path("/var/lib/dkms"), Path("/var/lib/shim-signed"), Path("/etc/dkms"))
    files = (path for folder in folders for path in folder.rglob("*"))
    return sorted(str(path) for path in files if path.suffix in {".key", ".priv", ".pem"})


query = "--showformat=${db:Status-Abbrev}\t${Package}\t${Version}\n"
rows = [line.split("\t") for line in run("dpkg-query", "--show", query).stdout.splitlines()]
installed = {row[1]: row[2] for row in rows if row[0][1:2] == "i"}
kernels = sorted(path.name.removeprefix("vmlinuz-") for path in Path("/boot").glob("vmlinuz-*"))
asked = json.loads(sys.argv[1])
smi = run("nvidia-smi")
config = run("modprobe", "--showconfig").stdout.splitlines()
print(
    json.dumps(
        {
            "kernels": {
                kernel: {
                    name: told(kernel, name)
                    for name in (
                        called(kernel, each, plain=asked["plain"]) for each in asked["names"]
                    )
                }
                for kernel in kernels
            },
            "nvidia": {name: text for name, text in installed.items() if "nvidia" in name},
            "kernel_packages": [
                name for name in installed if name.startswith(("linux-image-", "linux-headers-"))
            ],
            "held": run("apt-mark", "showhold").stdout.split(),
            "library": library(),
            "smi": {"code": smi.returncode, "said": (smi.stdout + smi.stderr).strip()},
            "nouveau": sorted(line for line in config if "nouveau" in line.split()),
            "loaded_by_name": by_name(),
            "keys": keys(),
        }
    )
)
