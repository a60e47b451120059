"""The level `wine`: Windows' runtime unpacked, environments installed, the container they run in (edge)."""
