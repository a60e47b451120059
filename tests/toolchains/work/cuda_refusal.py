"""Asks a framework for the GPU, where there is none; prints what it says. Argument: its name."""

import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def of_torch():
    import torch

    told = {"build": torch.version.cuda, "architectures": torch.cuda.get_arch_list()}
    try:
        torch.ones(2).cuda()
    except Exception as error:
        return {
            **told,
            "refusal": f"{type(error).__name__}: {error}",
            "devices": torch.cuda.device_count(),
        }
    return {**told, "refusal": "", "devices": torch.cuda.device_count()}


def of_tensorflow():
    import tensorflow

    build = dict(tensorflow.sysconfig.get_build_info())
    told = {
        "build": build.get("cuda_version"),
        "architectures": build.get("cuda_compute_capabilities"),
    }
    gpus = tensorflow.config.list_physical_devices("GPU")
    try:
        with tensorflow.device("/GPU:0"):
            tensorflow.ones(2).numpy()
    except Exception as error:
        return {**told, "refusal": f"{type(error).__name__}: {error}", "devices": len(gpus)}
    return {**told, "refusal": "", "devices": len(gpus)}


def of_xgboost():
    import numpy
    import xgboost

    build = xgboost.build_info()
    data = xgboost.DMatrix(numpy.arange(20.0).reshape(10, 2), label=numpy.arange(10) % 2)
    told = {"build": ".".join(map(str, build.get("CUDA_VERSION", ()))), "devices": 0}
    # it does not refuse: it warns, and trains on the processor
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        xgboost.train({"device": "cuda"}, data, 2)
    return {**told, "refusal": " ".join(str(each.message) for each in said)}


def of_lightgbm():
    import lightgbm
    import numpy

    data = lightgbm.Dataset(
        numpy.random.default_rng(1).normal(size=(200, 4)), numpy.arange(200) % 2
    )
    try:
        lightgbm.train({"device_type": "gpu", "verbose": -1}, data, 2)
    except Exception as error:
        return {"refusal": f"{type(error).__name__}: {error}", "devices": 0}
    return {"refusal": "", "devices": 0}


asked = {
    "torch": of_torch,
    "tensorflow": of_tensorflow,
    "xgboost": of_xgboost,
    "lightgbm": of_lightgbm,
}
print(json.dumps(asked[sys.argv[1]]()))
