"""Trains a small conv net on pictures made here; prints how the loss fell, and what came back.

Also in lower precision, with workers that load the data, and from a checkpoint.
"""

import json
import os
import tempfile

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SIDE = 16


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


def train(model, loader, *, autocast, epochs):
    wanted, losses = torch.optim.Adam(model.parameters(), 0.01), []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            wanted.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
                loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            wanted.step()
            total += float(loss.detach()) * len(x)
        losses.append(total / len(loader.dataset))
    return losses


def accuracy(model, test):
    x, y = test
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())


def main():
    os.chdir(tempfile.mkdtemp())
    torch.manual_seed(3)
    torch.set_num_threads(2)
    data = TensorDataset(*pictures(384))
    test = pictures(128)
    model = net()
    losses = train(model, DataLoader(data, batch_size=32), autocast=False, epochs=6)
    torch.save({"model": model.state_dict(), "epoch": 6}, "checkpoint.pt")
    again = net()
    again.load_state_dict(torch.load("checkpoint.pt", weights_only=True)["model"])
    half = net()
    lower = train(half, DataLoader(data, batch_size=32), autocast=True, epochs=6)
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.no_grad():
        kind = str(half(test[0]).dtype)
    by_workers = sum(float(x.sum()) for x, _ in DataLoader(data, batch_size=32, num_workers=2))
    with torch.no_grad():
        same = bool(torch.equal(model(test[0]), again(test[0])))
    report = {
        "losses": losses,
        "accuracy": accuracy(model, test),
        "same_after_reload": same,
        "lower": {"kind": kind, "losses": lower, "accuracy": accuracy(half, test)},
        "workers": abs(by_workers - float(data.tensors[0].sum())) < 0.05,
        "cuda": torch.version.cuda,
        "cuda_available": torch.cuda.is_available(),
        "mkl": torch.backends.mkl.is_available(),
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
