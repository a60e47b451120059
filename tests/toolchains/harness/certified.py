"""Results that somebody else vouches for, whatever computes them."""

from __future__ import annotations

# Longley's coefficients as NIST certifies them (Statistical Reference Datasets), in the order of NIST's
# page; statsmodels and R name them otherwise.
LONGLEY = (
    -3482258.63459582,
    15.0618722713733,
    -0.358191792925910e-01,
    -2.02022980381683,
    -1.03322686717359,
    -0.511041056535807e-01,
    1829.15146461355,
)
