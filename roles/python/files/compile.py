"""Takes a folder; compiles each module below it, unchecked; prints those for a newer Python.

This Python cannot import them anyway. The number of shards is fixed, not the machine's: what Python
writes depends a little on what the process compiled before. Where processes can't fork (Windows) one
does it all: others could not import this program, which lies nowhere.
"""

import multiprocessing
import py_compile
import sys
from pathlib import Path

SHARDS = 4


def unreadable(path):
    """Compile a module; whether it is in a syntax that this Python does not know."""
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    try:
        py_compile.compile(str(path), doraise=True, invalidation_mode=unchecked)
    except py_compile.PyCompileError as error:
        if not isinstance(error.exc_value, SyntaxError):
            raise
        return True
    return False


def compile_all(shard):
    return [str(path) for path in shard if unreadable(path)]


def main(root):
    # the packages' own test suites, a third of all code, are nobody's import
    wanted = sorted(path for path in root.rglob("*.py") if "tests" not in path.parts)
    shards = [wanted[index::SHARDS] for index in range(SHARDS)]
    if "fork" in multiprocessing.get_all_start_methods():
        with multiprocessing.get_context("fork").Pool(SHARDS) as pool:
            left = pool.map(compile_all, shards, chunksize=1)
    else:
        left = [compile_all(shard) for shard in shards]
    print("\n".join(sorted(path for shard in left for path in shard)))


main(Path(sys.argv[1]))
