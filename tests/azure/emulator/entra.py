"""A fake of Entra ID, so that the real azure-identity signs in: tokens for a secret or an assertion."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from urllib.parse import parse_qs

from emulator.messages import ArmError, Response
from emulator.router import Call, Router
from emulator.state import TENANT, Identity

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, kw_only=True)
class Entra:
    """One tenant with one client."""

    identity: Identity
    base: str

    def routes(self, router: Router) -> None:
        """Where."""
        router.add(
            "GET", "/{tenant}/v2.0/.well-known/openid-configuration", route=self.configuration
        )
        router.add("POST", "/{tenant}/oauth2/v2.0/token", route=self.token)

    def configuration(self, call: Call) -> Response:
        """Where its other addresses are."""
        if call["tenant"] != TENANT:
            return _error(
                400, "invalid_tenant", text=f"AADSTS90002: Tenant '{call['tenant']}' not found."
            )
        start = f"{self.base}/{TENANT}"
        body = {
            "issuer": f"{start}/v2.0",
            "authorization_endpoint": f"{start}/oauth2/v2.0/authorize",
            "token_endpoint": f"{start}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{start}/oauth2/v2.0/devicecode",
            "tenant_region_scope": None,
            "cloud_instance_name": "127.0.0.1",
        }
        return Response(body=body)

    def token(self, call: Call) -> Response:
        """A token, for the right secret or the right assertion."""
        form = {name: values[0] for name, values in parse_qs(call.request.body.decode()).items()}
        if form.get("client_id") != self.identity.client or call["tenant"] != TENANT:
            return _error(
                400, "unauthorized_client", text="AADSTS700016: Application was not found."
            )
        if "client_assertion" in form:
            how = "client assertion"
            right = _same(form["client_assertion"], self.identity.assertion)
            right = right and form.get("client_assertion_type") == ASSERTION
            wrong = "AADSTS700213: No matching federated identity record found."
        else:
            how, right = "secret", _same(form.get("client_secret", ""), self.identity.secret)
            wrong = "AADSTS7000215: Invalid client secret provided."
        if not right:
            return _error(401, "invalid_client", text=wrong)
        self.identity.grants.append(how)
        seconds = self.identity.lifetime
        body = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds}
        return Response(body={**body, "access_token": self.identity.issue()})


def refuse_strangers(identity: Identity, authorization: str) -> None:
    """ArmError 401 without a token that was given out and has not run out."""
    scheme, _, token = authorization.partition(" ")
    if scheme != "Bearer" or not token:
        text = "Authentication failed. The 'Authorization' header is missing."
        raise ArmError(401, "AuthenticationFailed", message=text)
    end = identity.tokens.get(token)
    if end is None:
        text = "The access token is invalid."
        raise ArmError(401, "InvalidAuthenticationToken", message=text)
    if end < time.monotonic():
        text = "The access token expiry UTC time is earlier than current UTC time."
        raise ArmError(401, "ExpiredAuthenticationToken", message=text)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _error(status: int, code: str, *, text: str) -> Response:
    return Response(status=status, body={"error": code, "error_description": text})
