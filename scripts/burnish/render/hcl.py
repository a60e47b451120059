"""Takes a value; gives it as HCL text: the one filter that every value of a template passes."""

from __future__ import annotations

import json
import re

import jinja2

# JSON's two escapes that HCL does not know.
UNKNOWN = {"b": r"\u0008", "f": r"\u000c"}


def quote(value: object) -> str:
    """A quoted HCL string; quotes, backslashes, line ends and the template marks are escaped."""
    return '"' + inner(value) + '"'


def inner(value: object) -> str:
    """What stands between the quotes of an HCL string."""
    text = json.dumps(str(value), ensure_ascii=False)[1:-1]
    text = re.sub(r"\\(.)", lambda found: UNKNOWN.get(found[1], found[0]), text)
    return text.replace("${", "$${").replace("%{", "%%{")


def environment() -> jinja2.Environment:
    """The environment of all templates: unknown variables are errors, HCL is not HTML."""
    jinja = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  (HCL and JSON: the hcl filter quotes)
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    jinja.filters["hcl"] = quote
    jinja.filters["hcl_inner"] = inner
    return jinja
