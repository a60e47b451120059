"""Takes a Windows volume; gives what lies on it that tells of the build: logs, answers, secrets, traces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from burnish.build.windows.known import begun, failures
from burnish.build.windows.ntfs import Unreadable, Volume

SYSPREP = "Windows/System32/Sysprep"
ACT = f"{SYSPREP}/Panther/setupact.log"
LOGS = (
    f"{SYSPREP}/Panther/setuperr.log",
    ACT,
    "Windows/Panther/setuperr.log",
    "Windows/Panther/setupact.log",
)
# Where Windows looks for answers, and where it keeps those that it was given.
ANSWERS = (
    "unattend.xml",
    "autounattend.xml",
    "Windows/Panther/unattend.xml",
    "Windows/Panther/autounattend.xml",
    "Windows/Panther/Unattend/unattend.xml",
    "Windows/Panther/unattend-original.xml",
    f"{SYSPREP}/unattend.xml",
    f"{SYSPREP}/autounattend.xml",
)
SECRET = re.compile(r"password$|productkey|^key$", re.IGNORECASE)
STRUCK = "*SENSITIVE*DATA*DELETED*"  # what Windows writes in a password's place once it has used it
PROFILES = ("Users", "Windows/System32/config/systemprofile", "Windows/ServiceProfiles")
SHARED = ("ProgramData/pip", "ProgramData/uv", "ProgramData/ssh", "ProgramData/npm", "envs")

# A path in lower case below a profile, or shared -> what it is.
SECRETS = tuple(
    (re.compile(pattern), what)
    for pattern, what in (
        (
            r"/\.azure/(msal_token_cache\b|accesstokens\.json|service_principal_entries\b)",
            "a login to Azure",
        ),
        (r"/\.azure/azureprofile\.json$", "subscriptions of Azure"),
        (r"/\.aws/credentials$", "keys of AWS"),
        (r"/\.config/gcloud/.*credentials", "a login to Google Cloud"),
        (r"/\.ssh/(id_[^/]*(?<!\.pub)|authorized_keys)$", "a key of SSH"),
        (r"^programdata/ssh/(ssh_host_\w+_key|administrators_authorized_keys)$", "a key of SSH"),
        (r"/(\.git-credentials|\.config/git/credentials)$", "a login of git"),
        (r"/[._]netrc$", "a login in netrc"),
        (r"/\.pypirc$", "a login to a Python index"),
        (r"/\.docker/config\.json$", "a login to a registry"),
        (r"/\.kube/config$", "a login to Kubernetes"),
        (r"/\.databrickscfg$", "a login to Databricks"),
        (r"/\.kaggle/kaggle\.json$", "a login to Kaggle"),
        (r"/huggingface/token$", "a login to Hugging Face"),
        (r"/microsoft/(credentials|vault)/[^/]+", "a login that Windows keeps"),
        (r"/user data/[^/]+/(network/cookies|login data|cookies)$", "logins of a browser"),
        (r"/firefox/profiles/.*/(logins\.json|key4\.db|cookies\.sqlite)$", "logins of a browser"),
    )
)
HISTORIES = re.compile(
    r"/(psreadline/[^/]*_history\.txt|powershell_transcript\.[^/]*|\.python_history|\.bash_history"
    r"|\.rhistory|\.lesshst|\.sqlite_history|logs/repl_history\.jl|profile_\w+/history\.sqlite)$"
)
SETTINGS = re.compile(r"(^|/)(pip\.ini|pip\.conf|uv\.toml|\.npmrc|npmrc|\.condarc|\.gitconfig)$")
LOGIN = re.compile(
    r"://[^/@\s:'\"]+:[^/@\s'\"]+@|\b_?(auth_?token|password)\s*=\s*\S", re.IGNORECASE
)
TRACES = re.compile(
    r"^(burnish/.+|windows/temp/(packer-|script-|ansible)[^/]*|azuredata/customdata\.bin"
    r"|users/[^/]+/appdata/local/temp/(ansible|packer)[^/]*|users/[^/]+/\.ansible(_async)?/.+)"
)


def gather(volume: Volume) -> dict[str, Any]:
    """All facts of this module, and `unread`: what could not be looked at, with the reason."""
    reader = _Reader(volume)
    paths = [path for top in (*PROFILES, *SHARED) for path in volume.walk(top)]
    traces = [path for top in ("burnish", "Windows/Temp", "AzureData") for path in volume.walk(top)]
    return {
        "logs": reader.logs(),
        "answers": reader.answers(),
        "secrets": [*_named(paths), *reader.settings(paths)],
        "histories": [each for each in paths if HISTORIES.search(f"/{each.lower()}")],
        "traces": [each for each in (*traces, *paths) if TRACES.match(each.lower())],
        "unread": reader.unread,
    }


def _named(paths: list[str]) -> list[dict[str, str]]:
    found = []
    for path in paths:
        what = next((what for pattern, what in SECRETS if pattern.search(path.lower())), "")
        if what:
            found.append({"path": path, "what": what})
    return found


class _Reader:
    """Reads texts of a volume, and keeps why it could not."""

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self.unread: dict[str, str] = {}

    def logs(self) -> list[dict[str, str]]:
        """The known failures of the last run of sysprep, and of the setup, each with the log it is in."""
        since = begun(self._text(ACT, "logs"))
        found: dict[str, dict[str, str]] = {}
        for path in LOGS:
            for each in failures(self._text(path, "logs"), since=since):
                found.setdefault(each["problem"], {"path": path, **each})
        return list(found.values())

    def answers(self) -> list[dict[str, Any]]:
        """Each answer file, and the secrets that it tells by the names of their elements."""
        return [
            {"path": path, "secrets": sorted(set(self._told(path)))}
            for path in ANSWERS
            if self._volume.is_file(path)
        ]

    def settings(self, paths: list[str]) -> list[dict[str, str]]:
        """Settings of tools with a login in them."""
        return [
            {"path": path, "what": "a login in a setting"}
            for path in paths
            if SETTINGS.search(path.lower()) and LOGIN.search(self._text(path, "secrets"))
        ]

    def _told(self, path: str) -> Iterator[str]:
        text = self._text(path, "answers")
        if "<!DOCTYPE" in text:
            self.unread["answers"] = f"{path}: it declares a document type"
            return
        try:
            root = ElementTree.fromstring(text or "<empty/>")  # noqa: S314  (no document type, so no entities)
        except ElementTree.ParseError as error:
            self.unread["answers"] = f"{path}: it is no XML: {error}"
            return
        for element in root.iter():
            name = element.tag.rpartition("}")[2]
            told = " ".join(part.strip() for part in element.itertext() if part.strip())
            given = told.replace("true", "").replace("false", "").replace("PlainText", "").strip()
            if SECRET.search(name) and given and STRUCK not in given:
                yield name

    def _text(self, path: str, topic: str) -> str:
        """A file's text; empty where there is none, or where it is not read."""
        if not self._volume.is_file(path):
            return ""
        try:
            data = b"".join(self._volume.chunks(path))
        except Unreadable as error:
            self.unread[topic] = f"{path}: {error}"
            return ""
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16", errors="replace")
        return data.decode("utf-8-sig", errors="replace")
