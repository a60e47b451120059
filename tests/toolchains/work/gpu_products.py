"""Multiplies matrices on a device and on the processor; prints how far apart they are for each type.

Also what the framework was built for, and what it loaded.
"""

import json
import sys

import torch

SIDE = 1024


def apart(kind, *, device):
    """The largest difference from the processor's result in 64 bits, relative to the largest entry."""
    torch.manual_seed(3)
    a, b = (torch.randn(SIDE, SIDE, dtype=torch.float64).to(kind) for _ in range(2))
    exact = a.double() @ b.double()
    product = a.to(device) @ b.to(device)
    far = (product.cpu().double() - exact).abs().max() / exact.abs().max()
    return {"device": str(product.device), "apart": float(far)}


def main(device):
    torch.backends.cuda.matmul.allow_tf32 = False
    kinds = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16}
    report = {
        "products": {name: apart(kind, device=device) for name, kind in kinds.items()},
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "architectures": torch.cuda.get_arch_list(),
    }
    print(json.dumps(report))


main(sys.argv[1])
