"""Calls MKL from its environment, by its C interface and by its Python module."""

import ctypes
import json
import sys
from pathlib import Path

import mkl
import threadpoolctl

runtime = ctypes.CDLL(f"{sys.prefix}/lib/libmkl_rt.so.3")
size = 64
numbers = ctypes.c_double * (size * size)
left = numbers(*(i % 7 for i in range(size * size)))
right = numbers(*(i % 5 for i in range(size * size)))
answer = numbers()
# row by row, neither transposed: 101, 111, 111
runtime.cblas_dgemm(
    *(101, 111, 111, size, size, size, ctypes.c_double(1), left, size, right, size),
    *(ctypes.c_double(0), answer, size),
)
expected = [
    sum(left[row * size + k] * right[k * size + column] for k in range(size))
    for row in range(size)
    for column in range(size)
]
maps = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines()}
print(
    json.dumps(
        {
            "version": mkl.get_version_string(),
            "equal": list(answer) == expected,
            "pools": [
                {
                    "api": pool["internal_api"],
                    "file": pool["filepath"],
                    "told": f"{pool['version']}, threads by {pool['threading_layer']}",
                }
                for pool in threadpoolctl.threadpool_info()
                if pool["user_api"] == "blas"
            ],
            "others": sorted(path for path in maps if "openblas" in path or "libblas" in path),
            "licences": sorted(
                str(path.relative_to(sys.prefix))
                for path in Path(sys.prefix, "lib").rglob("mkl-*.dist-info/LICENSE*")
                if "Intel Simplified Software License" in path.read_text(errors="replace")
            ),
        }
    )
)
