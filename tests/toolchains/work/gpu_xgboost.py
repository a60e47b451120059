"""Trains XGBoost on a device and on the processor; prints where it ran, what it warned of, how well.

Without a GPU it warns and goes on with the processor.
"""

import json
import sys
import time
import warnings

import numpy as np
import xgboost


def data(count):
    """Two rings that no line parts."""
    random = np.random.default_rng(3)
    points = random.normal(size=(count, 8)).astype("float32")
    return points, (np.square(points[:, :4]).sum(axis=1) > 3.4).astype(int)


def trained(device, *, learn, test):
    matrix = xgboost.DMatrix(*learn)
    wanted = {"device": device, "tree_method": "hist", "objective": "binary:logistic", "seed": 3}
    booster = xgboost.train(wanted, matrix, num_boost_round=60)
    configured = json.loads(booster.save_config())["learner"]["generic_param"]["device"]
    said = booster.predict(xgboost.DMatrix(test[0])) > 0.5
    return {"device": configured, "accuracy": float((said == test[1]).mean())}


def main(device):
    xgboost.set_config(verbosity=1)
    x, y = data(20_000)
    given = {"learn": (x[:16_000], y[:16_000]), "test": (x[16_000:], y[16_000:])}
    began = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = {"there": trained(device, **given)}
    report["seconds"] = time.perf_counter() - began
    report["warnings"] = [str(each.message) for each in caught]
    report["here"] = trained("cpu", **given)
    report["built"] = xgboost.build_info().get("CUDA_VERSION", [])
    print(json.dumps(report))


main(sys.argv[1])
