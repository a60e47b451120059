"""Takes glob patterns; removes what they match; prints {"changed": [...]} as JSON."""

import glob
import json
import os
import shutil
import sys


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.remove(path)


changed = []
for each in sorted({path for pattern in sys.argv[1:] for path in glob.glob(pattern)}):
    # what lay in a folder that went went with it
    if os.path.lexists(each):
        remove(each)
        changed.append(each)
print(json.dumps({"changed": changed}))
