"""Takes requests on their way to Azure; repeats those that the table of faults says to repeat.

It stands where the SDK's own retries stand, so that each fault is borne with as docs/azure.md says and
the user reads what is waited for. Requests that write and whose connection was lost are not repeated
here: `looked` asks first what became of them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from azure.core.exceptions import (
    AzureError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy

from burnish.gallery.azure.fault import Rule, Seen
from burnish.gallery.azure.faults import judge
from burnish.gallery.azure.telling import Lost, Refusal, seconds, told

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How waiting is done and told: `pause` waits so many seconds, `tell` shows why."""

    tell: Callable[[str], None]
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def bear(self, rule: Rule, tries: int, *, asked: float | None = None) -> bool:
        """Wait as a rule says; False if it has been borne with often enough."""
        if tries > rule.times:
            return False
        seconds = rule.wait(tries, asked)
        self.tell(f"{rule.says}: try {tries + 1} in {seconds:.0f} s")
        self.pause(seconds)
        return True


class Repeating(HTTPPolicy[Any, Any]):
    """The place of the SDK's retries in the pipeline."""

    def __init__(self, patience: Patience) -> None:
        super().__init__()
        self._patience = patience

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send it, as often as the table says."""
        method = request.http_request.method
        tries: Counter[str] = Counter()
        while True:
            try:
                response = self.next.send(request)
            except (ServiceRequestError, ServiceResponseError) as error:
                rule = judge(Seen(method=method))
                tries[rule.name] += 1
                if rule.then != "again" or not self._patience.bear(rule, tries[rule.name]):
                    raise Lost(error, method=method) from error
                continue
            if response.http_response.status_code < 400:
                return response
            seen = _answered(method, response.http_response)
            rule, asked = judge(seen), seen.retry_after
            tries[rule.name] += 1
            if rule.then != "again" or not self._patience.bear(rule, tries[rule.name], asked=asked):
                return response


def looked(doing: str, step: Callable[[], T], *, patience: Patience) -> T:
    """Carry out a step that begins with a look at what is there: again, where a rule says to look.

    Refusal, in the user's words, where nothing helps any more.
    """
    tries: Counter[str] = Counter()
    while True:
        try:
            return step()
        except AzureError as error:
            # not chained: an error of the SDK may quote a whole request
            refused = told(error, doing)
        except Refusal as error:
            refused = error
        tries[refused.rule.name] += 1
        if refused.rule.then != "look" or not patience.bear(refused.rule, tries[refused.rule.name]):
            raise refused from None


def _answered(method: str, response: Any) -> Seen:
    """An answer that is no success; its body is read here, and can be read again."""
    if hasattr(response, "read"):
        response.read()
    code, message = "", ""
    try:
        body = response.json() if hasattr(response, "json") else {}
        error = body.get("error", body) if isinstance(body, dict) else {}
        code, message = str(error.get("code", "")), str(error.get("message", ""))
    except (ValueError, AttributeError):
        pass
    return Seen(
        method=method,
        status=int(response.status_code),
        code=code,
        message=message,
        retry_after=seconds(response.headers.get("Retry-After")),
    )
