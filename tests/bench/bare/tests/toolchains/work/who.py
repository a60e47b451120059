"""Tells who works where."""

import json
import os
import platform
import pwd
from pathlib import Path

user = pwd.getpwuid(os.getuid()).pw_name
codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
print(json.dumps({"user": user, "codename": codename, "home": str(Path.home())}))
