"""Trains a small conv net on a device, also in mixed precision; prints how the loss fell, and where.

The net that learned there answers on the processor too.
"""

import copy
import json
import sys
import time

import torch
from torch import nn

SIDE, BATCH, EPOCHS = 16, 32, 6


def pictures(count):
    """Bars that lie or stand, in noise; the label says which."""
    made = 0.3 * torch.randn(count, 1, SIDE, SIDE)
    labels = torch.randint(0, 2, (count,))
    for picture, label in zip(made, labels, strict=True):
        at = int(torch.randint(2, SIDE - 2, (1,)))
        if label:
            picture[0, at, :] += 2
        else:
            picture[0, :, at] += 2
    return made, labels


def net():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(1),
        nn.Flatten(), nn.Linear(16, 2),
    )  # fmt: skip


def train(model, data, *, device, mixed):
    """Losses by epoch. The scaler is what half precision needs on GPUs without bfloat16."""
    x, y = (each.to(device) for each in data)
    wanted = torch.optim.Adam(model.parameters(), 0.01)
    scaler = torch.amp.GradScaler(device, enabled=mixed)
    losses, kinds = [], set()
    for _ in range(EPOCHS):
        total = 0.0
        for start in range(0, len(x), BATCH):
            wanted.zero_grad()
            with torch.autocast(device, dtype=torch.float16, enabled=mixed):
                out = model(x[start : start + BATCH])
                loss = nn.functional.cross_entropy(out.float(), y[start : start + BATCH])
            kinds.add(str(out.dtype))
            scaler.scale(loss).backward()
            scaler.step(wanted)
            scaler.update()
            total += float(loss.detach()) * len(out)
        losses.append(total / len(x))
    return {"losses": losses, "kinds": sorted(kinds)}


def accuracy(model, test, *, device):
    x, y = test
    with torch.no_grad():
        return float((model(x.to(device)).argmax(1).cpu() == y).float().mean())


def learned(device, *, mixed):
    torch.manual_seed(3)
    data, test = pictures(384), pictures(128)
    model = net().to(device)
    report = train(model, data, device=device, mixed=mixed)
    there = copy.deepcopy(model).cpu()
    with torch.no_grad():
        far = float((model(test[0].to(device)).cpu() - there(test[0])).abs().max())
    where = sorted({str(each.device) for each in model.parameters()})
    right = accuracy(model, test, device=device)
    return {**report, "where": where, "accuracy": right, "apart": far}


def main(device):
    began = time.perf_counter()
    report = {"whole": learned(device, mixed=False), "mixed": learned(device, mixed=True)}
    report |= {
        "memory": torch.cuda.max_memory_allocated() if device == "cuda" else 0,
        "seconds": time.perf_counter() - began,
    }
    print(json.dumps(report))


main(sys.argv[1])
