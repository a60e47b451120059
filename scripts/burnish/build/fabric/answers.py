"""What the simulated Azure answers: a `Question` in, an `Answer` out. Pure but for the envelope's maker."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import unescape

from burnish.build.fabric import documents
from burnish.model.fabric import Fabric

XML, JSON = "text/xml; charset=utf-8", "application/json; charset=utf-8"
CERTIFICATE = "x-ms-guest-agent-public-x509-cert"
Sealer = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request as it came in; names of headers in lower case."""

    server: str
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def path(self) -> str:
        """Without what stands behind the question mark, and without a slash at the end."""
        return urlsplit(self.target).path.rstrip("/") or "/"

    def asks(self, name: str) -> str:
        """One of the values behind the question mark."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    kind: str = XML
    body: str = ""


def answer(fabric: Fabric, question: Question, *, seal: Sealer) -> Answer | None:
    """The answer of the server that was asked; None where it is to keep silent.

    `seal` makes the envelope (base64) for the certificate that the guest sent.
    """
    if any(word in question.target for word in fabric.mute):
        return None
    if question.server == "imds":
        return _metadata(fabric, question)
    if question.server == "host-plugin":
        return _plugin(question)
    return _wire(fabric, question, seal=seal)


def health(body: str) -> str:
    """The state that a health report tells: `Ready`, or `NotReady` with its reason."""
    found = (
        re.search(f"<{name}>(.*?)</{name}>", body, re.DOTALL)
        for name in ("State", "SubStatus", "Description")
    )
    texts = [unescape(" ".join(each[1].split())) for each in found if each]
    return ": ".join(text for text in texts if text)


def _metadata(fabric: Fabric, question: Question) -> Answer:
    if question.headers.get("metadata", "").lower() != "true":
        error = {"error": "Bad request. Required metadata header not specified"}
        return Answer(status=400, kind=JSON, body=json.dumps(error))
    if question.path == "/metadata/versions":
        body = {"apiVersions": list(documents.METADATA_VERSIONS)}
        return Answer(kind=JSON, body=json.dumps(body))
    found = re.fullmatch(r"/metadata/instance(?:/(compute|network))?", question.path)
    if not found or question.method != "GET":
        return Answer(status=404, kind=JSON, body=json.dumps({"error": "Not found"}))
    if question.asks("api-version") not in documents.METADATA_VERSIONS:
        newest = sorted(documents.METADATA_VERSIONS, reverse=True)[:3]
        error_ = {"error": "Bad request. api-version is invalid", "newest-versions": newest}
        return Answer(status=400, kind=JSON, body=json.dumps(error_))
    whole = documents.instance(fabric)
    return Answer(kind=JSON, body=json.dumps(whole[found[1]] if found[1] else whole))


def _wire(fabric: Fabric, question: Question, *, seal: Sealer) -> Answer:
    asked = question.asks("comp")
    if question.method == "POST":
        known = asked in ("health", "roleProperties", "telemetrydata")
        return Answer() if known else Answer(status=404)
    if asked == "versions":
        return Answer(body=documents.versions())
    if question.headers.get("x-ms-version") not in documents.WIRE_VERSIONS:
        return Answer(status=400, body="<Error>x-ms-version</Error>")
    if asked == "goalstate":
        return Answer(body=documents.goal_state(fabric))
    if asked == "config":
        return _configuration(fabric, question, seal=seal)
    return Answer(status=404)


def _configuration(fabric: Fabric, question: Question, *, seal: Sealer) -> Answer:
    kind = question.asks("type")
    texts: Mapping[str, Callable[[], str]] = {
        "hostingEnvironmentConfig": lambda: documents.hosting_environment(fabric),
        "sharedConfig": lambda: documents.shared(fabric),
        "extensionsConfig": documents.extensions,
        "certificates": lambda: documents.certificates(seal(question.headers.get(CERTIFICATE, ""))),
    }
    if kind not in texts:
        return Answer(status=404)
    if kind == "certificates" and not question.headers.get(CERTIFICATE):
        return Answer(status=400, body="<Error>no certificate to encrypt for</Error>")
    return Answer(body=texts[kind]())


def _plugin(question: Question) -> Answer:
    """The host's plugin: there, and of the kind that knows no `vmSettings`."""
    if question.path == "/versions":
        return Answer(kind=JSON, body='["2015-09-01"]')
    return Answer(status=200 if question.path == "/health" else 404)
