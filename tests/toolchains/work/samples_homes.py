"""What users find of the samples, as root: a new one, and one whose home has none yet.

Arguments: the shared folder, the name of each user's own. Users made here are removed again.
"""

import filecmp
import json
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

folder, name = Path(sys.argv[1]), sys.argv[2]
NEW, OLD = "burnish-new", "burnish-old"


def run(*argv):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def log_in(user):
    """A login shell of a user, which does nothing."""
    run("runuser", "--login", user, "--command", "true")


def files(place):
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*.ipynb"))


def found(user):
    """Whether a user's copy is everybody's, and whether the user may change it."""
    own = Path("/home") / user / name
    names = files(folder)
    same = files(own) == names and filecmp.cmpfiles(folder, own, names, shallow=False)[0] == names
    every = [own, *own.rglob("*")]
    ids = pwd.getpwnam(user).pw_uid
    return {
        "same": same,
        "writable": all(
            each.stat().st_uid == ids and each.stat().st_mode & 0o200 for each in every
        ),
    }


try:
    run("useradd", "--create-home", "--shell", "/bin/bash", NEW)
    run("useradd", "--create-home", "--shell", "/bin/bash", "--skel", "/nonexistent", OLD)
    log_in(OLD)
    report = {"new_user": found(NEW), "old_user": found(OLD)}
    # the new one has not logged in yet
    for user in (NEW, OLD):
        shutil.rmtree(Path("/home") / user / name)
        log_in(user)
    report["comes_back"] = [user for user in (NEW, OLD) if (Path("/home") / user / name).exists()]
finally:
    for user in (NEW, OLD):
        subprocess.run(["userdel", "--remove", user], capture_output=True, check=False)
report["shared"] = files(folder)
report["changeable"] = [
    str(path)
    for path in (folder, *folder.rglob("*"))
    if path.stat().st_uid or path.stat().st_mode & 0o022
]
print(json.dumps(report))
