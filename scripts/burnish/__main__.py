"""`python -m burnish`."""

from __future__ import annotations

from burnish.cli.main import main

main()
