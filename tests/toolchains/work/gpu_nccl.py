"""Adds up a vector over all devices, a process for each; prints what each of them then has."""

import json
import multiprocessing
import sys
import tempfile

import torch
import torch.distributed

SIZE = 1 << 20
SECONDS = 300


def add(rank, *, world, backend, place, results):
    device = f"cuda:{rank}" if backend == "nccl" else "cpu"
    # NCCL wants to know the device before it meets the others
    if backend == "nccl":
        torch.cuda.set_device(rank)
    torch.distributed.init_process_group(
        backend, init_method=f"file://{place}/meet", rank=rank, world_size=world
    )
    vector = torch.full((SIZE,), float(rank + 1), device=device)
    torch.distributed.all_reduce(vector)
    results.put([rank, str(vector.device), float(vector.min()), float(vector.max())])
    torch.distributed.destroy_process_group()


def main(backend, world):
    # a forked process must find CUDA untouched: nothing asks it before
    ways = multiprocessing.get_context("fork")
    results = ways.Queue()
    with tempfile.TemporaryDirectory() as place:
        given = {"world": world, "backend": backend, "place": place, "results": results}
        started = [ways.Process(target=add, args=(rank,), kwargs=given) for rank in range(world)]
        for each in started:
            each.start()
        found = sorted(results.get(timeout=SECONDS) for _ in started)
        for each in started:
            each.join()
    version = list(torch.cuda.nccl.version()) if backend == "nccl" else []
    print(json.dumps({"ranks": found, "nccl": version}))


main(sys.argv[1], int(sys.argv[2]))
