"""Asks a framework for the GPU, where there is none; prints what it says. Argument: its name."""

import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def said(ask):
    """What a framework says when it is asked; nothing if it does as it was told."""
    try:
        ask()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def of_torch():
    import torch

    return {
        "build": torch.version.cuda,
        # its public question answers only where there is a GPU
        "architectures": torch._C._cuda_getArchFlags().split(),
        "refusal": said(lambda: torch.ones(2).cuda()),
        "devices": torch.cuda.device_count(),
    }


def of_tensorflow():
    import tensorflow

    build = tensorflow.sysconfig.get_build_info()
    # else it computes on the processor, and says nothing
    tensorflow.config.set_soft_device_placement(False)

    def ask():
        with tensorflow.device("/GPU:0"):
            tensorflow.ones(2).numpy()

    return {
        "build": build["cuda_version"],
        "architectures": build["cuda_compute_capabilities"],
        "refusal": said(ask),
        "devices": len(tensorflow.config.list_physical_devices("GPU")),
    }


def of_xgboost():
    import numpy
    import xgboost

    build = xgboost.build_info()
    data = xgboost.DMatrix(numpy.arange(20.0).reshape(10, 2), label=numpy.arange(10) % 2)
    # it does not refuse: it warns, and trains on the processor
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        xgboost.train({"device": "cuda"}, data, 2)
    return {
        "build": ".".join(map(str, build["CUDA_VERSION"])),
        "refusal": " ".join(str(each.message) for each in told),
        "devices": 0,
    }


def of_lightgbm():
    import lightgbm
    import numpy

    numbers = numpy.random.default_rng(1).normal(size=(200, 4))
    data = lightgbm.Dataset(numbers, numpy.arange(200) % 2)
    refusal = said(lambda: lightgbm.train({"device_type": "gpu", "verbose": -1}, data, 2))
    return {"refusal": refusal, "devices": 0}


asked = {
    "torch": of_torch,
    "tensorflow": of_tensorflow,
    "xgboost": of_xgboost,
    "lightgbm": of_lightgbm,
}
print(json.dumps(asked[sys.argv[1]]()))
