"""Takes exchanges; gives where they are not as the official Swagger says, as far as that describes them."""

from __future__ import annotations

import re

from exchange import Exchange
from validator import violations

# a pattern of addresses -> why they are not held against a Swagger
NOT_DESCRIBED = {
    r"/subscriptions/[^/?]+(\?|$)": "its Swagger is not vendored: one name is read of it",
    r"/providers/Microsoft\.Authorization/": "its Swagger is not vendored: one list is read of it",
}


def described(exchange: Exchange) -> bool:
    """Whether there is a Swagger to hold it against."""
    return not any(re.search(each, exchange.url, re.IGNORECASE) for each in NOT_DESCRIBED)


def unlawful(exchange: Exchange) -> list[str]:
    """What is wrong with it."""
    return violations(exchange) if described(exchange) else []
