"""Parses, dispatches, prints, exits: the only room that does."""
