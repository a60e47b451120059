"""Says which BLAS numpy and scipy were built with, and which one is loaded once both have computed."""

import json
import re
from pathlib import Path

import numpy
import scipy
import scipy.linalg

numpy.linalg.svd(numpy.eye(50))
scipy.linalg.lu(numpy.eye(50))
maps = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines()}


def built(package):
    told = package.show_config(mode="dicts")["Build Dependencies"]
    return [told["blas"]["name"], told["lapack"]["name"]]


print(
    json.dumps(
        {
            "numpy": built(numpy),
            "scipy": built(scipy),
            "loaded": sorted({n for p in maps for n in re.findall(r"openblas|mkl_rt|libblas", p)}),
        }
    )
)
