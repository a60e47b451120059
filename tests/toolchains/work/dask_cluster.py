"""Groups a table on a cluster of two processes; prints whether pandas finds the same."""

import json
import os
import tempfile
import urllib.request


def main():
    os.chdir(tempfile.mkdtemp())
    import dask.dataframe as dd
    import numpy as np
    import pandas as pd
    from dask.distributed import Client, LocalCluster

    random = np.random.default_rng(3)
    table = pd.DataFrame(
        {"key": random.integers(0, 9, 40_000), "value": random.normal(size=40_000)}
    )
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            memory_limit="700MiB",
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        parts = dd.from_pandas(table, npartitions=8)
        ours = parts.groupby("key").value.mean().compute().sort_index()
        pids = set(client.run(os.getpid).values())
        health = f"http://127.0.0.1:{cluster.scheduler.http_server.port}/health"
        with urllib.request.urlopen(health, timeout=30) as answer:
            said = answer.read().decode()
    theirs = table.groupby("key").value.mean()
    print(
        json.dumps(
            {
                "equal": bool(np.allclose(ours, theirs)),
                "groups": len(ours),
                "workers": len(pids - {os.getpid()}),
                "dashboard": said,
            }
        )
    )


if __name__ == "__main__":
    main()
