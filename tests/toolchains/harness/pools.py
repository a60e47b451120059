"""What threadpoolctl says of the BLAS in a process: what is wrong with it, and a line for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def wrong(report: Mapping[str, Any]) -> list[str]:
    """Where no BLAS is loaded, one is from elsewhere, or one does not use the cores (work/threads.py)."""
    return list(_wrong(report)) if report["pools"] else ["no BLAS is loaded"]


def told(report: Mapping[str, Any]) -> str:
    """Each BLAS with its version and its threads."""
    return ", ".join(f"{pool['name']} on {pool['threads']} threads" for pool in report["pools"])


def _wrong(report: Mapping[str, Any]) -> Iterator[str]:
    cores = report["cores"]
    for pool in report["pools"]:
        if not pool["inside"]:
            yield f"{pool['name']} is from elsewhere"
        if not min(2, cores) <= pool["threads"] <= cores:
            yield f"{pool['name']} has {pool['threads']} threads on {cores} cores"
