"""Takes folders; makes the bytecode in them unchecked-hash; prints {"changed": [...]} as JSON.

Each shard is compiled in an order of its own by one process: what Python writes depends a little on
what the process compiled before, so the number of shards is fixed, not the machine's.
"""

import importlib.util
import json
import multiprocessing
import os
import py_compile
import sys

SHARDS = 4
UNCHECKED = 0b01
LIBRARIES = ("/usr/lib/python3", "/usr/share/python3")


def sources(root):
    """Modules that have bytecode already, and all modules of the interpreter's own folders."""
    for folder, names, files in os.walk(root):
        names.sort()
        cached = (
            set(os.listdir(os.path.join(folder, "__pycache__"))) if "__pycache__" in names else ()
        )
        for name in sorted(file for file in files if file.endswith(".py")):
            path = os.path.join(folder, name)
            target = importlib.util.cache_from_source(path)
            wanted = os.path.basename(target) in cached or folder.startswith(LIBRARIES)
            if wanted and not os.path.islink(path):
                yield path, target


def is_sealed(path, target):
    """Whether the bytecode is unchecked and of this very source."""
    try:
        with open(target, "rb") as file:
            header = file.read(16)
        with open(path, "rb") as file:
            digest = importlib.util.source_hash(file.read())
    except FileNotFoundError:
        return False
    flags = int.from_bytes(header[4:8], "little")
    current = header[:4] == importlib.util.MAGIC_NUMBER
    return current and flags == UNCHECKED and header[8:] == digest


def compile_all(shard):
    done = []
    for path, target in shard:
        try:
            py_compile.compile(
                path,
                cfile=target,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError:  # a template or another major version's code
            continue
        done.append(target)
    return done


def main(roots):
    found = sorted({pair for root in roots for pair in sources(root)})
    stale = [pair for pair in found if not is_sealed(*pair)]
    with multiprocessing.get_context("fork").Pool(SHARDS) as pool:
        shards = pool.map(
            compile_all, [stale[index::SHARDS] for index in range(SHARDS)], chunksize=1
        )
    print(json.dumps({"changed": sorted(target for shard in shards for target in shard)}))


main(sys.argv[1:])
