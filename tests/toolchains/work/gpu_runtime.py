"""Loads CUDA's runtime library of this environment and asks it for its version, the driver's and the GPUs."""

import ctypes
import json
import sysconfig
from pathlib import Path

SITE = Path(sysconfig.get_path("purelib"))


def asked(path):
    """What the library says. `code` is that of cudaGetDeviceCount: 35, the driver is too old."""
    library = ctypes.CDLL(str(path))
    found = {}
    for name in ("cudaRuntimeGetVersion", "cudaDriverGetVersion", "cudaGetDeviceCount"):
        value = ctypes.c_int()
        found["code"] = getattr(library, name)(ctypes.byref(value))
        found[name] = value.value
    return {
        "runtime": found["cudaRuntimeGetVersion"],
        "driver": found["cudaDriverGetVersion"],
        "devices": found["cudaGetDeviceCount"],
        "code": found["code"],
    }


libraries = sorted(SITE.glob("nvidia/*/lib/libcudart.so.*"))
print(json.dumps({str(path.relative_to(SITE)): asked(path) for path in libraries}))
