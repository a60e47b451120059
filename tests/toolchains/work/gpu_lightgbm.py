"""Trains LightGBM on a device by OpenCL, and on the processor; prints the device it named, and how well."""

import json
import sys

import lightgbm
import numpy as np


class Lines:
    """A logger that keeps what it is told."""

    def __init__(self):
        self.told = []

    def info(self, text):
        self.told.append(text.strip())

    warning = info


def data(count):
    """Two rings that no line parts."""
    random = np.random.default_rng(3)
    points = random.normal(size=(count, 8))
    return points, (np.square(points[:, :4]).sum(axis=1) > 3.4).astype(int)


def trained(device, *, learn, test):
    wanted = {
        "device_type": device,
        "objective": "binary",
        "seed": 3,
        "verbosity": 1,
        "max_bin": 63,
    }
    booster = lightgbm.train(wanted, lightgbm.Dataset(*learn), num_boost_round=60)
    return float(((booster.predict(test[0]) > 0.5) == test[1]).mean())


def main(device):
    lines = Lines()
    lightgbm.register_logger(lines)
    x, y = data(20_000)
    given = {"learn": (x[:16_000], y[:16_000]), "test": (x[16_000:], y[16_000:])}
    there = trained(device, **given)
    used = [line for line in lines.told if "Using GPU Device" in line]
    print(json.dumps({"used": used, "there": there, "here": trained("cpu", **given)}))


main(sys.argv[1])
