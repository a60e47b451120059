"""Logs a run and its model to a store of its own, finds the run again, loads the model back."""

import json
import os
import tempfile
from pathlib import Path

home = tempfile.mkdtemp()
os.chdir(home)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
store = f"sqlite:///{home}/mlflow.db"

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.linear_model import LinearRegression  # noqa: E402

mlflow.set_tracking_uri(store)
mlflow.create_experiment("prices", artifact_location=Path(home, "artifacts").as_uri())
mlflow.set_experiment("prices")
x = np.arange(20.0).reshape(-1, 1)
model = LinearRegression().fit(x, 3 * x[:, 0] + 1)
with mlflow.start_run(run_name="line") as run:
    mlflow.log_param("kind", "linear")
    for step in range(3):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    info = mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
loaded = mlflow.pyfunc.load_model(info.model_uri)
client = mlflow.MlflowClient(store)
found = mlflow.search_runs(experiment_names=["prices"])
print(
    json.dumps(
        {
            "runs": len(found),
            "kind": found.iloc[0]["params.kind"],
            "losses": [each.value for each in client.get_metric_history(run.info.run_id, "loss")],
            "status": client.get_run(run.info.run_id).info.status,
            "predicted": float(loaded.predict(np.array([[100.0]]))[0]),
        }
    )
)
