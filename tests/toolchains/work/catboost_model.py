"""Trains CatBoost on a table with words in it; prints accuracy, and whether a reloaded model agrees."""

import json
import os
import tempfile

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool

random = np.random.default_rng(7)
rows = 1500
table = pd.DataFrame(
    {
        "town": random.choice(["Ulm", "Bonn", "Jena", "Trier"], rows),
        "day": random.choice(["workday", "weekend"], rows),
        "size": random.normal(0, 1, rows),
    }
)
# the two words decide together, and a number overrules them
wanted = (
    (table.town.isin(["Ulm", "Jena"]) & (table.day == "workday")) | (table["size"] > 1)
).astype(int)
words = ["town", "day"]
learn, test = slice(0, 1000), slice(1000, None)
os.chdir(tempfile.mkdtemp())
model = CatBoostClassifier(
    iterations=80, depth=4, random_seed=7, verbose=False, allow_writing_files=False, thread_count=2
)
model.fit(table[learn], wanted[learn], cat_features=words)
predicted = model.predict_proba(table[test])
model.save_model("model.cbm")
again = CatBoostClassifier().load_model("model.cbm")
pool = Pool(table[learn], wanted[learn], cat_features=words)
importance = dict(zip(table.columns, model.get_feature_importance(pool), strict=True))
print(
    json.dumps(
        {
            "accuracy": float((model.predict(table[test]) == wanted[test]).mean()),
            "same_after_reload": bool(np.array_equal(again.predict_proba(table[test]), predicted)),
            "importance": importance,
        }
    )
)
