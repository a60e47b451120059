"""Trains three kinds of classifier on data that ships with scikit-learn; saves and reloads each."""

import json
import pickle
import tempfile
from pathlib import Path

import lightgbm
import numpy
import xgboost
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def score(model, data):
    """Accuracy on unseen rows, and whether the model predicts the same after save and reload."""
    train_x, test_x, train_y, test_y = train_test_split(
        *data, test_size=0.3, random_state=7, stratify=data[1]
    )
    model.fit(train_x, train_y)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.pickle"
        file.write_bytes(pickle.dumps(model))
        again = pickle.loads(file.read_bytes())
    predicted = model.predict(test_x)
    return {
        "accuracy": float(numpy.mean(predicted == test_y)),
        "same_after_reload": bool(numpy.array_equal(predicted, again.predict(test_x))),
    }


digits = load_digits(return_X_y=True)
cancer = load_breast_cancer(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
report = {
    "logistic": score(pipeline, digits),
    "forest": score(RandomForestClassifier(80, random_state=7, n_jobs=2), digits),
    "xgboost": score(xgboost.XGBClassifier(n_estimators=60, n_jobs=2, random_state=7), cancer),
    "lightgbm": score(
        lightgbm.LGBMClassifier(n_estimators=60, n_jobs=2, random_state=7, verbose=-1), cancer
    ),
}
print(json.dumps({**report, "xgboost_cuda": bool(xgboost.build_info().get("USE_CUDA"))}))
