"""Lets Vowpal Wabbit learn by the example; prints its loss at first and at last, and after reloading."""

import json
import os
import random
import tempfile

from vowpalwabbit import pyvw

os.chdir(tempfile.mkdtemp())
chance = random.Random(5)


def example():
    a, b = chance.uniform(-1, 1), chance.uniform(-1, 1)
    return a, b, 2.0 * a - 3.0 * b + 0.5


learner = pyvw.Workspace("--quiet --learning_rate 0.5")
losses = []
for _ in range(4000):
    a, b, y = example()
    losses.append((learner.predict(f"| a:{a} b:{b}") - y) ** 2)
    learner.learn(f"{y} | a:{a} b:{b}")
ask = "| a:0.5 b:-0.25"
before = learner.predict(ask)
learner.save("model.vw")
learner.finish()
again = pyvw.Workspace("--quiet --initial_regressor model.vw --testonly")
after = again.predict(ask)
again.finish()
print(
    json.dumps(
        {
            "first": sum(losses[:200]) / 200,
            "last": sum(losses[-200:]) / 200,
            "predicted": before,
            "same_after_reload": abs(before - after) < 1e-6,
        }
    )
)
