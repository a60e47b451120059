"""Signing in without a secret, as a GitHub workflow does: a publication from end to end, its token renewed.

GitHub's own part is a small server here; the SDK, azure-identity and burnish's choice are the real ones.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.core.exceptions import ClientAuthenticationError
from burnish.gallery.azure import clients, login
from burnish.gallery.azure.clients import Reach
from cloud import TARGET, Cloud
from emulator import clients as signed_in
from emulator.emulator import Emulator
from emulator.faults import Fault

REQUEST_TOKEN = "of-this-job"


@dataclass
class GitHub:
    """What a job with `id-token: write` asks for a statement; `asked` has the audiences."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def github(statement: str) -> Iterator[GitHub]:
    """It, running: it gives the statement to the one job that has the right token."""
    found = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            right = self.headers.get("Authorization") == f"bearer {REQUEST_TOKEN}"
            found.asked += parse_qs(urlsplit(self.path).query).get("audience", [])
            data = json.dumps({"value": statement, "count": 1}).encode()
            self.send_response(200 if right else 401)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Nothing: it has what is secret in it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/token?api-version=2.0"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


@dataclass(kw_only=True)
class Federated(Cloud):
    """A machine that signs in by what stands in its environment."""

    environment: Mapping[str, str] = field(default_factory=dict)

    def reach(self) -> Reach:
        options = {"connection_verify": str(self.arm.ca)}
        found = clients.reach(TARGET, self.environment, options=options)
        return replace(found, interval=0.0)


def variables(arm: Emulator, **more: str) -> dict[str, str]:
    """What a workflow's job has: names of a tenant, a client and a subscription, and nothing secret."""
    known = signed_in.environment(arm)
    del known[login.SECRET]
    return {
        **known,
        "AZURE_SUBSCRIPTION_ID": arm.subscription,
        clients.ENDPOINT: arm.base_url,
        **more,
    }


def test_a_workflow_publishes_without_a_secret_and_its_token_is_renewed(
    arm: Emulator, tmp_path: Path
) -> None:
    arm.state.identity.lifetime = 2
    # longer than a token lives
    arm.faults.add(Fault(method="PUT", path="/versions/", seconds=5.0))
    with github(arm.state.identity.assertion) as job:
        environment = variables(
            arm, **{login.GITHUB_URL: job.url, login.GITHUB_TOKEN: REQUEST_TOKEN}
        )
        cloud = Federated(arm=arm, folder=tmp_path, environment=environment)
        assert cloud.reach().login.kind == "GitHub OIDC"
        assert cloud.publish(cloud.manifest()).outcome == "published"
    grants = arm.state.identity.grants
    assert {*grants} == {"client assertion"} and len(grants) > 1
    assert job.asked == ["api://AzureADTokenExchange"] * len(grants), "a statement for each token"
    assert arm.state.disks == []


def test_a_pod_publishes_with_the_file_that_its_cluster_renews(
    arm: Emulator, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(arm.state.identity.assertion, encoding="ascii")
    environment = variables(arm, **{login.FEDERATED: str(file)})
    cloud = Federated(arm=arm, folder=tmp_path, environment=environment)
    assert cloud.reach().login.kind == "workload identity"
    assert cloud.publish(cloud.manifest()).outcome == "published"
    assert {*arm.state.identity.grants} == {"client assertion"}


def test_a_statement_of_another_repository_is_refused_by_name(
    arm: Emulator, tmp_path: Path
) -> None:
    with github("of another repository") as job:
        environment = variables(
            arm, **{login.GITHUB_URL: job.url, login.GITHUB_TOKEN: REQUEST_TOKEN}
        )
        reach = Federated(arm=arm, folder=tmp_path, environment=environment).reach()
        with pytest.raises(ClientAuthenticationError, match="AADSTS700213: No matching federated"):
            reach.credential.get_token(reach.scope)
    assert arm.state.identity.tokens == {}
