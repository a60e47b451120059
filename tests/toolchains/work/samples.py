"""Executes notebooks of a folder in a copy of it. Arguments: the folder, the notebooks' names.

Prints for each: its kernel, the `name: number` lines that it printed, how many pictures it drew.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbclient
import nbformat

# a cell; more where the processor is emulated
SECONDS = int(os.environ.get("CELL_SECONDS", "600"))
FIGURE = re.compile(r"^([\w .-]+): (-?\d+(?:\.\d+)?) *$", re.MULTILINE)


def executed(path):
    """What came of one notebook, executed in its own folder by the kernel that it names."""
    book = nbformat.read(path, as_version=4)
    with_outputs = [cell for cell in book.cells if cell.get("outputs")]
    where = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(book, timeout=SECONDS, resources=where).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    said = "".join(output.get("text", "") for output in outputs)
    return {
        "kernel": book.metadata.kernelspec.name,
        "figures": {name: float(value) for name, value in FIGURE.findall(said)},
        "pictures": sum("image/png" in output.get("data", {}) for output in outputs),
        "stored_outputs": len(with_outputs),
    }


folder, *names = sys.argv[1:]
with tempfile.TemporaryDirectory() as scratch:
    own = Path(shutil.copytree(folder, Path(scratch) / "samples"))
    report = {name: executed(own / name) for name in names}
print(json.dumps(report))
