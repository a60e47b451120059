"""Executes a notebook by the command that users type. Argument: the kernel."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

CELLS = ["print(6 * 7)", "import sys; print(sys.prefix)"]

book = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": code,
        }
        for code in CELLS
    ],
    "metadata": {"kernelspec": {"name": sys.argv[1], "display_name": sys.argv[1]}},
    "nbformat": 4,
    "nbformat_minor": 4,
}
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "book.ipynb"
    file.write_text(json.dumps(book), encoding="utf-8")
    argv = ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    outputs = ["".join(o["text"]) for cell in cells for o in cell["outputs"] if "text" in o]
print(json.dumps({"returncode": done.returncode, "said": done.stderr[-3000:], "outputs": outputs}))
