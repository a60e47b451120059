"""Which way of signing in an environment names; half of one is an error."""

from __future__ import annotations

import pytest
from burnish.errors import UsageError
from burnish.gallery.azure.login import WAYS, choose

HALF = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}
GITHUB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "u", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}


@pytest.mark.parametrize("kind", WAYS)
def test_a_whole_way_is_taken(kind: str) -> None:
    names = WAYS[kind]  # type: ignore[index]
    found = choose(dict.fromkeys(names, "x"))
    assert (found.kind, found.by) == (kind, names)


@pytest.mark.parametrize("given", [{}, {"AZURE_TENANT_ID": "t"}, GITHUB, {"AZURE_CLIENT_ID": ""}])
def test_where_no_identity_is_named_az_login_counts(given: dict[str, str]) -> None:
    """A workflow that logs in by itself has GitHub's variables, and `az` the tenant's."""
    assert choose(given).kind == "az login"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (HALF, "client secret, lacks AZURE_CLIENT_SECRET"),
        ({"AZURE_CLIENT_SECRET": "s"}, "client secret, lacks AZURE_TENANT_ID, AZURE_CLIENT_ID"),
        (
            {"AZURE_CLIENT_ID": "c", "AZURE_FEDERATED_TOKEN_FILE": "f"},
            "workload identity, lacks AZURE_TENANT_ID",
        ),
        ({**HALF, "AZURE_CLIENT_SECRET": ""}, "client secret, lacks AZURE_CLIENT_SECRET"),
    ],
)
def test_half_a_login_names_the_nearest_way(given: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        choose(given)
    assert "to sign in with `az login`; docs/azure.md, Signing in" in caught.value.hint


def test_in_a_workflow_the_nearest_way_is_github_s() -> None:
    with pytest.raises(UsageError, match="GitHub OIDC, lacks ACTIONS_ID_TOKEN") as caught:
        choose({**HALF, "GITHUB_ACTIONS": "true"})
    assert "`permissions: id-token: write`" in caught.value.hint
