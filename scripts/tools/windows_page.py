"""Takes what the Windows images download; writes the table of licences in docs/windows.md.

python scripts/tools/windows_page.py             write it between the page's markers
python scripts/tools/windows_page.py --check     say if it is stale, exit code 1
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from burnish.catalog.load import load
from burnish.evidence.markdown import table
from burnish.model.catalog import Catalog
from burnish.model.download import DownloadSpec
from burnish.stages import planning

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "windows.md"
BEGIN, END = "<!-- licences: begin -->", "<!-- licences: end -->"
HEAD = ("file", "layers", "from", "signer", "what may be done with it")


def asked(catalog: Catalog) -> Iterator[tuple[str, DownloadSpec]]:
    """(layer, file) of every Windows image."""
    for image in catalog.images.values():
        if catalog.bases[image.base].os == "windows":
            for layer, specs in planning.asked(catalog, image).downloads.items():
                yield from ((layer, spec) for spec in specs)


def rows(found: Iterable[tuple[str, DownloadSpec]]) -> Iterator[Sequence[str]]:
    """One row a file, with every layer that downloads it."""
    layers: dict[DownloadSpec, dict[str, None]] = {}
    for layer, spec in found:
        layers.setdefault(spec, {})[layer] = None
    for spec, names in sorted(layers.items(), key=lambda item: item[0].name):
        told = spec.licence or "not said"
        yield spec.name, ", ".join(names), str(urlsplit(spec.url).hostname), spec.authenticode, told


def page(text: str, made: str) -> str:
    """The page with the table between its markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    text = PAGE.read_text(encoding="utf-8")
    made = page(text, table(HEAD, rows(asked(load([ROOT])))))
    if made != text and "--check" in arguments:
        sys.stdout.write(f"{PAGE.relative_to(ROOT)}: stale\n")
        return 1
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
