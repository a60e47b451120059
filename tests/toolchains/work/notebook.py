"""Executes a notebook through a registered kernel. Arguments: the kernel, the cells' code."""

import json
import os
import sys
import tempfile

import nbclient
import nbformat
from jupyter_client.kernelspec import KernelSpecManager

kernel, *cells = sys.argv[1:]
# more where the processor is emulated
seconds = int(os.environ.get("CELL_SECONDS", "600"))
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
with tempfile.TemporaryDirectory() as folder:
    client = nbclient.NotebookClient(
        book, kernel_name=kernel, timeout=seconds, resources={"metadata": {"path": folder}}
    )
    client.execute()
outputs = [[output.get("text", "") for output in cell.outputs] for cell in book.cells]
print(
    json.dumps(
        {
            "outputs": ["".join(texts) for texts in outputs],
            "kernels": {
                name: spec["spec"]["argv"][0]
                for name, spec in KernelSpecManager(ensure_native_kernel=False)
                .get_all_specs()
                .items()
            },
        }
    )
)
