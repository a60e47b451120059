"""Starts H2O's Java server, trains a gradient-boosted model, ends it; prints its quality."""

import json
import os
import socket
import sys
import tempfile

import h2o
import numpy as np
import pandas as pd
from h2o.estimators import H2OGradientBoostingEstimator

folder = tempfile.mkdtemp()
os.chdir(folder)
# what H2O tells meanwhile is no report
said, sys.stdout = sys.stdout, sys.stderr
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
h2o.init(
    ip="127.0.0.1", port=port, bind_to_localhost=True, nthreads=2, max_mem_size="600m",
    start_h2o=True, insecure=False, ice_root=folder, log_dir=folder, verbose=False,
)  # fmt: skip
try:
    h2o.no_progress()
    random = np.random.default_rng(11)
    x = random.normal(size=(1200, 4))
    y = np.where(x[:, 0] * x[:, 1] + 0.5 * x[:, 2] > 0, "yes", "no")
    frame = h2o.H2OFrame(pd.DataFrame(x, columns=list("abcd")).assign(label=y))
    frame["label"] = frame["label"].asfactor()
    learn, test = frame[:800, :], frame[800:, :]
    model = H2OGradientBoostingEstimator(ntrees=40, max_depth=4, seed=11)
    model.train(x=list("abcd"), y="label", training_frame=learn)
    cluster = h2o.cluster()
    report = {
        "auc": float(model.model_performance(test).auc()),
        "nodes": int(cluster.cloud_size),
        "version": cluster.version,
        "rows": int(frame.nrow),
    }
finally:
    h2o.cluster().shutdown(prompt=False)
sys.stdout = said
print(json.dumps(report))
