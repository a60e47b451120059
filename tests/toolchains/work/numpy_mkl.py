"""Has numpy, scipy and scikit-learn compute; prints the answers, and what computed them."""

import json
import re
import time
from pathlib import Path

import numpy
import scipy.linalg
import scipy.sparse.linalg
import sklearn.linear_model
import threadpoolctl

SIZE = 50
hilbert = scipy.linalg.hilbert(6)
z = numpy.arange(1, 5) + 1j * numpy.arange(4, 0, -1)
second = 2 * numpy.eye(SIZE) - numpy.eye(SIZE, k=1) - numpy.eye(SIZE, k=-1)
random = numpy.random.default_rng(1)
big = random.normal(size=(300, 300)) + 1j * random.normal(size=(300, 300))


def both(value):
    return [float(value.real), float(value.imag)]


def off():
    """How far the factors of a large complex matrix are from giving it again."""
    u, s, v = numpy.linalg.svd(big)
    q, r = scipy.linalg.qr(big)
    return max(float(abs(u * s @ v - big).max()), float(abs(q @ r - big).max()))


def seconds():
    matrix = random.normal(size=(2000, 2000))
    started = time.perf_counter()
    matrix @ matrix
    return time.perf_counter() - started


slope = sklearn.linear_model.LinearRegression().fit(
    numpy.arange(9).reshape(-1, 1), numpy.arange(9) * 3 + 1
)
blas = scipy.linalg.blas
answers = {
    "inverse": numpy.linalg.inv(hilbert)[0].tolist(),
    "determinant": float(scipy.linalg.det(hilbert)),
    "singular": numpy.linalg.svd(numpy.array([[3, 0], [4j, 5]]))[1].tolist(),
    "lowest": float(scipy.linalg.eigh(second)[0][0]),
    "highest": float(scipy.sparse.linalg.eigsh(scipy.sparse.csr_array(second), 1)[0][0]),
    "vdot": both(numpy.vdot(z, z)),
    "zdotc": both(blas.zdotc(z, z)),
    "zdotu": both(blas.zdotu(z, z)),
    "cdotc": both(blas.cdotc(z.astype("F"), z.astype("F"))),
    "line": [float(slope.coef_[0]), float(slope.intercept_)],
}
found = {"answers": answers, "off": off(), "seconds": seconds()}
pools = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
names = {
    line.split()[-1].rpartition("/")[2] for line in Path("/proc/self/maps").read_text().splitlines()
}
found["pools"] = sorted({f"{pool['internal_api']} {pool.get('threading_layer')}" for pool in pools})
found["loaded"] = sorted(
    {n for name in names for n in re.findall(r"openblas|libblas|mkl_\w+_thread|iomp5", name)}
)
print(json.dumps(found))
