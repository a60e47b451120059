"""Takes packer/compatibility/, the images for GPUs and their locks; writes the tables of docs/gpu.md.

python scripts/tools/gpu_page.py             write them between the page's markers
python scripts/tools/gpu_page.py --check     say if they are stale, exit code 1
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from burnish.catalog.load import load
from burnish.catalog.locks import load_lock
from burnish.model.catalog import Catalog
from burnish.model.compatibility import Build, Compatibility, Family
from burnish.model.gpu import Fit
from burnish.plan.gpu.judge import fit
from burnish.stages import planning

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "gpu.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def day(table: Compatibility) -> date:
    """The newest day of a fact: the page says what was so then, and grows no older by itself."""
    return max(source.date for source in table.sources)


def fits(catalog: Catalog, *, today: date) -> dict[str, Fit]:
    """Each image for GPUs against the table, with its committed lock."""
    found = {}
    for name, image in catalog.images.items():
        if image.flavour != "gpu":
            continue
        path = ROOT / "packer" / "locks" / f"{name}.lock.yaml"
        plan = planning.plan(catalog, image, lock=load_lock(path, image=name, shown=str(path)))
        found[name] = fit(plan, catalog.compatibility, roles=catalog.roles, today=today)
    return found


def sections(table: Compatibility, found: Mapping[str, Fit]) -> Iterator[str]:
    yield (
        f"As of {day(table)}. *yes*: nothing in the table is against it. No machine with a GPU has proven it "
        "so far (not verified here).\n"
    )
    yield "### Sizes\n"
    yield rows(["sizes", "GPU", "driver", "Secure Boot", *found], _families(table, found))
    yield "".join(_images(found))
    yield "### Drivers\n"
    head = ["branch", "kind", "support ends", "CUDA", "runs CUDA", "source"]
    yield rows(head, _branches(table))
    yield "### Frameworks\n"
    head = ["framework", "versions", "CUDA", "code for", "PTX for", "cuDNN", "NCCL", "source"]
    yield rows(head, (_build(each) for each in table.builds))
    yield "### Architectures\n"
    yield rows(["architecture", "generation", "first CUDA", "modules", "source"], _kinds(table))
    yield "### Sources\n"
    yield rows(["source", "what", "day"], _sources(table))


def rows(head: Sequence[str], cells: Iterator[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(each or '-' for each in row)} |" for row in cells]
    return "\n".join(lines) + "\n"


def _families(table: Compatibility, found: Mapping[str, Fit]) -> Iterator[Sequence[str]]:
    for index, family in enumerate(table.families):
        served = [each.sizes[index].serves if each.sizes else False for each in found.values()]
        states = ["yes" if each else "no" for each in served]
        gpu = f"{family.gpu} ({family.architecture})" if family.architecture else family.gpu
        yield [f"`{family.name}`", gpu, _driver(family), _secure(family), *states]


def _driver(family: Family) -> str:
    if family.since:
        return f"retired on {family.since}"
    if family.status == "out-of-scope":
        return f"none: {family.why}"
    branch = f", branch {family.grid}" if family.grid else ""
    switch = ", with fabric manager" if family.nvswitch else ""
    return f"{'GRID' if family.driver == 'grid' else family.driver}{branch}{switch}"


def _secure(family: Family) -> str:
    gone = family.status != "current"
    return "" if gone else {"unknown": "not known"}.get(family.secure_boot, family.secure_boot)


def _images(found: Mapping[str, Fit]) -> Iterator[str]:
    """What is to be said of each image: why it does not serve a size, or how."""
    for name, each in found.items():
        sizes = (one for one in each.sizes if one.why and not _said(one.family))
        lines = [f"`{one.family.name}`: {'; '.join(one.why)}" for one in sizes]
        lines += [
            f"accepted: {one.text} ({one.accepted.text})" for one in each.accepted if one.accepted
        ]
        lines += [f"not known: {text}" for text in each.unknown]
        lines += [f"refused: {one.text}" for one in each.refused]
        yield from (f"- `{name}`, {line}\n" for line in lines)


def _said(family: Family) -> bool:
    """Whether the family's own row says why nobody serves it."""
    return family.driver == "grid" or family.status != "current"


def _branches(table: Compatibility) -> Iterator[Sequence[str]]:
    for each in table.branches:
        runs = ", ".join(f"{one.major}" for one in table.majors if one.driver <= each.branch)
        ends = str(each.ends) if each.ends else "not known"
        yield [str(each.branch), each.kind, ends, each.cuda, runs, _of(each.sources)]


def _build(each: Build) -> Sequence[str]:
    how = each.cuda or ("OpenCL" if each.by == "opencl" else "not known")
    code, ptx = ", ".join(each.architectures), ", ".join(each.ptx)
    versions = f"`{each.versions}`"
    return [each.framework, versions, how, code, ptx, each.cudnn, each.nccl, _of(each.sources)]


def _kinds(table: Compatibility) -> Iterator[Sequence[str]]:
    for each in table.architectures:
        modules = " or ".join(each.modules)
        yield [each.name, each.generation, each.cuda, modules, _of(each.sources)]


def _sources(table: Compatibility) -> Iterator[Sequence[str]]:
    for each in table.sources:
        what = f"[{each.what}]({each.link})" if each.link else each.what
        yield [each.id, what, str(each.date)]


def _of(sources: Sequence[str]) -> str:
    return ", ".join(sources)


def page(text: str) -> str:
    """The page with its tables renewed; ValueError where the markers are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no '{BEGIN}' ... '{END}'")
    catalog = load([ROOT])
    table = catalog.compatibility
    made = "\n".join(part for part in sections(table, fits(catalog, today=day(table))) if part)
    return f"{before}{BEGIN}\n\n{made}\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    old = PAGE.read_text(encoding="utf-8")
    if page(old) == old:
        return 0
    if "--check" in arguments:
        sys.stdout.write(f"{PAGE.relative_to(ROOT)}: stale\n")
        return 1
    PAGE.write_text(page(old), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
