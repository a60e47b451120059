"""Has numpy compute in this process, then in forked workers of it; prints the traces of the products."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy


def trace(size):
    return float(numpy.trace(numpy.ones((size, size)) @ numpy.ones((size, size))))


before = trace(1500)
with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
    print(json.dumps({"before": before, "workers": list(pool.map(trace, [1500, 1500]))}))
