"""Fits and tests where the right answer is known: Longley's regression, a t test, an integral."""

import json

import numpy
import scipy.integrate
import scipy.optimize
import scipy.stats
import statsmodels.api

data = statsmodels.api.datasets.longley.load_pandas()
fit = statsmodels.api.OLS(data.endog, statsmodels.api.add_constant(data.exog)).fit()
one, two = numpy.arange(10.0), numpy.arange(10.0) * 1.5 + 1
test = scipy.stats.ttest_ind(one, two)
valley = scipy.optimize.minimize(scipy.optimize.rosen, [-1.2, 1.0], method="BFGS")
print(
    json.dumps(
        {
            "longley": {name: float(value) for name, value in fit.params.items()},
            "r_squared": float(fit.rsquared),
            "t": float(test.statistic),
            "p": float(test.pvalue),
            "gauss": float(scipy.integrate.quad(lambda x: numpy.exp(-x * x), -9, 9)[0]),
            "rosenbrock": [float(value) for value in valley.x],
        }
    )
)
