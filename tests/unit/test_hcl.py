"""The one filter that every value of a template passes."""

from __future__ import annotations

import itertools
import json
import re

import jinja2
import pytest
from burnish.render.hcl import environment, inner, quote


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", '"plain"'),
        ("", '""'),
        (8, '"8"'),
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("${var.x}", '"$${var.x}"'),
        ("$${x}", '"$$${x}"'),
        ("%{ if true }", '"%%{ if true }"'),
        ("100 % $ { }", '"100 % $ { }"'),
        ("two\nlines\r\n\tend", r'"two\nlines\r\n\tend"'),
        ("\x00\x1b", r'"\u0000\u001b"'),
        ("né ☃ 😀", '"né ☃ 😀"'),
        ('"}\n${file("/etc/shadow")}', r'"\"}\n$${file(\"/etc/shadow\")}"'),
    ],
)
def test_values_as_hcl(value: object, text: str) -> None:
    assert quote(value) == text
    assert f'"{inner(value)}"' == text


@pytest.mark.parametrize("value", ["\b", "\f"])
def test_escapes_that_hcl_does_not_know(value: str) -> None:
    assert quote(value) == f'"\\u{ord(value):04x}"'


def test_nothing_gets_out_of_its_quotes() -> None:
    parts = ('"', "\\", "$", "{", "%", "}", "\n", "a")
    escape = re.compile(r'\\(["\\nrt]|u[0-9a-f]{4})')
    for size in range(1, 5):
        for combination in itertools.product(parts, repeat=size):
            value = "".join(combination)
            text = quote(value)
            bare = escape.sub("", text[1:-1])
            assert not set(bare) & {'"', "\\", "\n"}, value
            assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", text), value
            back = text.replace("$${", "${").replace("%%{", "%{")
            assert json.loads(back) == value


def test_a_misspelt_variable_of_a_template_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ nothing }}").render()


def test_the_filters_are_there_by_name() -> None:
    text = environment().from_string('{{ x | hcl }} "{{ x | hcl_inner }}"').render(x="${y}")
    assert text == '"$${y}" "$${y}"'
