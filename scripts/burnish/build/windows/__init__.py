"""Reads a built Windows disk without booting or mounting it."""
