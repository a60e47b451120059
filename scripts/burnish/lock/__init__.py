"""Resolves and refreshes pins: the edge between a declaration and the world."""
