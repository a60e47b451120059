"""Asks torch for its MKL and computes with it."""

import json

import torch

m = torch.arange(40_000, dtype=torch.float64).reshape(200, 200) % 7
inverse = torch.linalg.inv(m + 50 * torch.eye(200, dtype=torch.float64))
off = (inverse @ (m + 50 * torch.eye(200, dtype=torch.float64)) - torch.eye(200)).abs().max()
print(
    json.dumps(
        {
            "mkl": torch.backends.mkl.is_available(),
            "told": "Math Kernel Library" in torch.__config__.show(),
            "off": float(off),
        }
    )
)
