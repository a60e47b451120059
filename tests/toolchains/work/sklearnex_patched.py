"""Fits the same model plain and patched by scikit-learn-intelex; prints who did it, and the difference."""

import json

import numpy
from sklearn import cluster
from sklearnex import patch_sklearn

random = numpy.random.default_rng(3)
points = numpy.concatenate([random.normal(centre, 0.3, (200, 2)) for centre in (0, 3, 6)])
start = points[[0, 200, 400]]


def fit():
    from sklearn.cluster import KMeans

    model = KMeans(3, init=start, n_init=1).fit(points)
    return KMeans.__module__, model.cluster_centers_


plain, before = cluster.KMeans.__module__, fit()[1]
patch_sklearn(verbose=False)
patched, after = fit()
difference = float(numpy.abs(before - after).max())
print(json.dumps({"plain": plain, "patched": patched, "difference": difference}))
