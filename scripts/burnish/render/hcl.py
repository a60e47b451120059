"""Takes a value; gives it as HCL text: the one filter that every value of a template passes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2

from burnish.render.azure_options import Block, Reference

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


def options(given: Mapping[str, Any], *, indent: int = 2) -> str:
    """Options as HCL, one a line, in their order."""
    room = " " * indent
    return "".join(
        f"{room}{line}\n" for name, value in given.items() for line in _option(name, value)
    )


def _option(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Block):
        yield f"{name} {{"
        yield from options(value).splitlines()
        yield "}"
    elif isinstance(value, list) and value and isinstance(value[0], Block):
        for each in value:
            yield from _option(name, each)
    elif isinstance(value, dict):
        yield f"{name} = {{"
        for key, inside in value.items():
            yield f"  {quote(key)} = {_value(inside)}"
        yield "}"
    else:
        yield f"{name} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, Reference):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return quote(value)


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
    jinja.filters["hcl_options"] = options
    return jinja
