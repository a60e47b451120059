"""Takes JSON {"paths": glob patterns, "logs": folder, "records": file names kept empty}; removes.

Prints {"changed": [...]} as JSON.
"""

import glob
import json
import os
import shutil
import sys

PAYLOAD = "/tmp/ansible_"


def remove(path):
    """Remove a file, link or tree; not what the build mounted there, nor this very task's payload."""
    if os.path.ismount(path) or PAYLOAD in path:
        return False
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.remove(path)
    return True


def logs(folder, records):
    """Empty a folder of logs: its own folders and the records of logins stay."""
    for place, names, files in os.walk(folder):
        if os.path.basename(place) == "journal":
            yield from (
                path for path in (os.path.join(place, name) for name in names) if remove(path)
            )
            names.clear()
        for name in files:
            path = os.path.join(place, name)
            if name not in records:
                os.remove(path)
                yield path
            elif os.path.getsize(path):
                os.truncate(path, 0)
                yield path


def main(what):
    found = sorted({path for pattern in what["paths"] for path in glob.glob(pattern)})
    swept = [path for path in found if os.path.lexists(path) and remove(path)]
    print(json.dumps({"changed": swept + sorted(logs(what["logs"], what["records"]))}))


main(json.loads(sys.argv[1]))
