"""Takes the table of faults and the actions that burnish needs; writes them into their two pages.

python scripts/tools/azure_page.py             write them between the pages' markers
python scripts/tools/azure_page.py --check     say if they are stale, exit code 1
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from burnish.gallery.azure.fault import Rule
from burnish.gallery.azure.faults import TABLE
from burnish.gallery.azure.permissions import NEEDED, SUBSCRIPTION_WIDE
from burnish.gallery.azure.permissions_vm import BUILDING, IN_GALLERY
from burnish.gallery.azure.progress import lasts

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WORDS = {
    "again": "asks again",
    "look": "looks what became of it, then asks again",
    "delete": "removes the failed version, makes it again",
    "pass": "takes the next number",
    "end": "stops",
}


def faults() -> str:
    """The table of faults."""
    head = ["fault", "seen as", "burnish", "how long", "you read", "next", "left behind"]
    return table(head, (_row(rule) for rule in TABLE))


def actions() -> str:
    """The needed actions, and a role made of them."""
    every = {**NEEDED, **SUBSCRIPTION_WIDE}
    rows = (
        [f"`{action}`", "subscription" if action in SUBSCRIPTION_WIDE else "resource group", why]
        for action, why in every.items()
    )
    role = {
        "Name": "burnish publisher",
        "Description": "What burnish does in the resource group of its gallery",
        "Actions": [*NEEDED],
        "AssignableScopes": ["/subscriptions/SUBSCRIPTION/resourceGroups/RESOURCE_GROUP"],
    }
    return f"{table(['action', 'where', 'burnish'], rows)}\n{_json(role)}"


def building() -> str:
    """What route `vm` needs of the subscription, and one role of that and of what it needs besides."""
    rows = ([f"`{action}`", when, why] for action, (why, when) in BUILDING.items())
    role = {
        "Name": "burnish builder",
        "Description": "What burnish and Packer do in a subscription to build an image on a machine",
        "Actions": list({**IN_GALLERY, **SUBSCRIPTION_WIDE, **BUILDING}),
        "AssignableScopes": ["/subscriptions/SUBSCRIPTION"],
    }
    return f"{table(['action', 'needed for', 'burnish'], rows)}\n{_json(role)}"


def _json(role: Mapping[str, object]) -> str:
    return f"```json\n{json.dumps(role, indent=2)}\n```\n"


def table(head: list[str], rows: Iterator[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(rule: Rule) -> list[str]:
    return [
        rule.name,
        rule.when,
        WORDS[rule.then],
        _long(rule),
        rule.says,
        rule.next,
        rule.left,
    ]


def _long(rule: Rule) -> str:
    if not rule.times:
        return f"after {lasts(rule.most)}" if rule.most else "at once"
    if rule.told:
        return f"{rule.times} times, as long as Azure asks, at most {lasts(rule.most)} each"
    if not rule.first:
        return f"{rule.times} time{'s' if rule.times > 1 else ''}, at once"
    whole = sum(rule.wait(tries) for tries in range(1, rule.times + 1))
    return f"{rule.times} times within {lasts(whole)}"


PAGES = {
    "azure.md": {"faults": faults, "actions": actions},
    "azure-vm.md": {"building": building},
}


def filled(page: str, sections: Mapping[str, Callable[[], str]]) -> str:
    """A page with its tables anew."""
    for name, make in sections.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n{make()}\n{end}{after}"
    return page


def main() -> int:
    """Write or check."""
    stale = 0
    for name, sections in PAGES.items():
        page = DOCS / name
        old = page.read_text(encoding="utf-8")
        new = filled(old, sections)
        if "--check" not in sys.argv:
            page.write_text(new, encoding="utf-8")
        elif new != old:
            sys.stdout.write(f"{page.relative_to(ROOT)}: stale\n")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
