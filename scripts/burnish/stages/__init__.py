"""The stages of a run: each takes the `World` and the `Run` so far, gives the `Run` grown by its result."""
