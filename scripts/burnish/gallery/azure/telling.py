"""Takes errors of the SDK; gives them in the user's words, with the rule of the table of faults they fall
under. No address with a signature is ever quoted, and no request."""

from __future__ import annotations

import re

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
)

from burnish.errors import PublishError
from burnish.gallery.azure.fault import Rule, Seen
from burnish.gallery.azure.faults import ELSE, judge
from burnish.gallery.azure.signing import CODE

# What the table has no row for: code of the service -> what to do next.
NEXT = {
    "ResourceGroupNotFound": "create it, or correct `resource_group` of the target",
    "SubscriptionNotFound": "look at the environment variable that `subscription` of the target names",
    "InvalidAuthenticationToken": "log in again: `az login`, or look at the job's credentials",
    "LocationNotAvailableForResourceType": "correct `location` of the target",
    "ScopeLocked": "a lock on the resource group forbids it: ask who owns it",
}


class Lost(ServiceRequestError):
    """No answer came. The SDK's own error does not tell what had been asked; `method` does."""

    def __init__(self, error: AzureError, *, method: str) -> None:
        super().__init__(error.message)
        self.method = method


class Refusal(PublishError):
    """What Azure refuses for good, with the rule that it falls under."""

    def __init__(self, message: str, *, rule: Rule, hint: str = "") -> None:
        super().__init__(message, hint=hint or rule.next)
        self.rule = rule


def told(error: AzureError, doing: str) -> Refusal:
    """An error of the SDK as the user reads it."""
    seen = seen_in(error)
    rule = judge(seen)
    if seen.code == CODE:
        return Refusal(f"{doing}: {rule.says}: {struck(seen.message).splitlines()[0]}", rule=rule)
    if not seen.status:
        text = f"{doing}: Azure can't be reached: {struck(error.message)}"
        return Refusal(text, rule=rule)
    said = struck(seen.message).strip()
    head = f"{doing}: {seen.status} {seen.code}".strip()
    text = head + (f": {said}" if said and said != seen.code else "")
    if rule is ELSE:
        return Refusal(text, rule=rule, hint=NEXT.get(seen.code, rule.next))
    return Refusal(f"{text}\n{rule.says}", rule=rule)


def seen_in(error: AzureError) -> Seen:
    """What an error of the SDK says. An operation that failed is told with a 200."""
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        # a login that fails before Azure is asked for anything has no answer of Azure's
        if isinstance(error, ClientAuthenticationError):
            return Seen(
                method="POST", status=401, code=CODE, message=str(error.message) or "no reason"
            )
        method = error.method if isinstance(error, Lost) else "PUT"
        return Seen(method=method, message=error.message)
    request = getattr(error.response, "request", None)
    return Seen(
        method=str(getattr(request, "method", "PUT")),
        status=int(error.status_code),
        code=str(getattr(error.error, "code", None) or error.reason or ""),
        message=str(getattr(error.error, "message", None) or error.message),
        retry_after=seconds(getattr(error.response, "headers", {}).get("Retry-After")),
    )


def seconds(text: str | None) -> float | None:
    """What a Retry-After asks for; None where there is none, or no number."""
    try:
        return max(0.0, float(text)) if text is not None else None
    except ValueError:
        return None


def struck(text: str) -> str:
    """A text without what follows the question mark of an address: a signature may stand there."""
    return re.sub(r"\?[^\s'\"<>)]+", "?...", text)
