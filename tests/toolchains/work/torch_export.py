"""Exports a torch model to ONNX; prints how far ONNX Runtime's answers are from torch's."""

import contextlib
import json
import os
import sys
import tempfile

import onnx
import onnxruntime
import torch
from torch import nn

os.chdir(tempfile.mkdtemp())
torch.manual_seed(1)
model = nn.Sequential(
    nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 6 * 6, 4)
).eval()
given = torch.randn(5, 3, 8, 8)
with contextlib.redirect_stdout(sys.stderr):
    torch.onnx.export(model, (given,), "model.onnx", input_names=["x"], dynamo=True)
onnx.checker.check_model(onnx.load("model.onnx"))
session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
(theirs,) = session.run(None, {"x": given.numpy()})
with torch.no_grad():
    ours = model(given).numpy()
print(json.dumps({"furthest": float(abs(ours - theirs).max()), "shape": list(theirs.shape)}))
