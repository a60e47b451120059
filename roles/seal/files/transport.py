"""Takes glob patterns of settings; prints {"found": [...]}: what the build's way to the world left.

Read are proxies, indexes and certificate files in settings, and certificates that were added.
"""

import glob
import json
import os
import re
import sys

SETTING = re.compile(
    r"^\s*(?!#|//)"
    r".*?(\b(?:https?|ftp|all)_proxy\s*=|Acquire::\w+::Proxy|\b(?:extra-)?index-url\b|\bfind-links\b"
    r"|\btrusted-host\b|\bcafile\b|\bregistry\s*=|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|PIP_CERT"
    r"|\bsystem-certs\b)",
    re.IGNORECASE,
)
ADDED = "/usr/local/share/ca-certificates"
CHOSEN, BUNDLE = "/etc/ca-certificates.conf", "/etc/ssl/certs/ca-certificates.crt"


def settings(patterns):
    for path in sorted({path for pattern in patterns for path in glob.glob(pattern)}):
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                hits = (SETTING.match(line) for line in file)
                yield from (f"{path}: {hit[1].strip()}" for hit in hits if hit)


def certificates():
    """Added files, and a bundle that holds more than the distribution's own choice."""
    for folder, _, files in os.walk(ADDED):
        yield from (f"{os.path.join(folder, name)}: an added certificate" for name in files)
    if os.path.exists(CHOSEN) and os.path.exists(BUNDLE):
        with open(CHOSEN, encoding="utf-8") as file:
            chosen = sum(1 for line in file if line.strip() and line[0] not in "#!")
        with open(BUNDLE, encoding="utf-8") as file:
            bundled = file.read().count("BEGIN CERTIFICATE")
        if bundled > chosen:
            yield f"{BUNDLE}: {bundled} certificates, the distribution chose {chosen}"


print(json.dumps({"found": [*settings(sys.argv[1:]), *certificates()]}))
