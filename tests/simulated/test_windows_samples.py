"""What is special to the role `samples`, on its journal."""

from __future__ import annotations

from simulator.state import State

PLACES = (r"C:\samples", r"C:\Users\Default\samples")


def test_notebooks_of_kernels_that_are_there_lie_in_both_places(machine: State) -> None:
    for place in PLACES:
        names = [each["path"] for each in machine.below(place) if each["kind"] == "file"]
        told = sorted(name.removeprefix(f"{place}\\") for name in names)
        assert told == [
            r"python\1-data-preparation.ipynb",
            r"python\2-statistics.ipynb",
            r"python\3-training.ipynb",
        ]
