"""YAML and JSON <-> dataclasses, every problem at once: the only room with yaml and pydantic."""
