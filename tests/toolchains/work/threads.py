"""Multiplies matrices; says which BLAS did it, on how many threads, and whether it lies below argv[1]."""

import json
import os
import sys
import time

import numpy
import scipy.linalg
import threadpoolctl


def cores():
    """Those that this process may use; Windows tells how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


side = 700
values = numpy.random.default_rng(7).standard_normal((side, side))
started = time.perf_counter()
product = values @ scipy.linalg.inv(values)
seconds = time.perf_counter() - started
print(
    json.dumps(
        {
            "error": float(numpy.abs(product - numpy.eye(side)).max()),
            "seconds": seconds,
            "cores": cores(),
            "pools": [
                {
                    "name": f"{pool['internal_api']} {pool['version']}",
                    "threads": pool["num_threads"],
                    "inside": pool["filepath"].startswith(f"{sys.argv[1]}{os.sep}"),
                }
                for pool in threadpoolctl.threadpool_info()
                if pool["user_api"] == "blas"
            ],
        }
    )
)
