"""Exports a scikit-learn pipeline to ONNX; prints how far ONNX Runtime's answers are from its own."""

import json

import numpy as np
import onnx
import onnxruntime
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

x, y = load_iris(return_X_y=True)
x = x.astype(np.float32)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(x, y)
exported = to_onnx(model, x[:1], options={"zipmap": False})
onnx.checker.check_model(exported)
session = onnxruntime.InferenceSession(
    exported.SerializeToString(), providers=["CPUExecutionProvider"]
)
labels, chances = session.run(None, {session.get_inputs()[0].name: x})
print(
    json.dumps(
        {
            "furthest": float(np.abs(chances - model.predict_proba(x)).max()),
            "same_labels": bool((labels == model.predict(x)).all()),
            "accuracy": float((labels == y).mean()),
            "providers": session.get_providers(),
        }
    )
)
