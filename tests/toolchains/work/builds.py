"""Asks each framework what it was built with; prints it by the name of its distribution."""

import importlib.metadata
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def of_torch():
    import torch

    # get_arch_list of some versions is empty where there is no GPU
    flags = getattr(torch._C, "_cuda_getArchFlags", str)()
    return {"cuda": torch.version.cuda, "architectures": (flags or "").split()}


def of_tensorflow():
    import tensorflow

    build = tensorflow.sysconfig.get_build_info()
    return {
        "cuda": build.get("cuda_version"),
        "architectures": build.get("cuda_compute_capabilities", []),
    }


def of_xgboost():
    import xgboost

    return {"cuda": ".".join(map(str, xgboost.build_info().get("CUDA_VERSION", ())))}


def of_lightgbm():
    import lightgbm

    assert lightgbm.Dataset
    return {"cuda": None}


ASKED = {
    "torch": of_torch,
    "tensorflow": of_tensorflow,
    "tensorflow-cpu": of_tensorflow,
    "xgboost": of_xgboost,
    "xgboost-cpu": of_xgboost,
    "lightgbm": of_lightgbm,
}
every = importlib.metadata.distributions()
found = {each.metadata["Name"].lower().replace("_", "-"): each.version for each in every}
print(
    json.dumps({name: {"version": found[name], **ASKED[name]()} for name in ASKED if name in found})
)
