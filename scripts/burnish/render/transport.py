"""Takes paths of this machine; gives how a layer's container gets its inputs: by mounts, no network."""

from __future__ import annotations

from dataclasses import dataclass

UV_CACHE = "/run/burnish/uv"
WHEELS = "/run/burnish/wheels"
DOWNLOADS = "/run/burnish/downloads"
NPM = "/run/burnish/npm"
PRODUCTS = "/run/burnish/products"
SIGNING = "/run/burnish/signing.key"
DEBS = "/run/burnish/debs"
APT_CONF = "/run/burnish/apt.conf"
SOURCES = "/run/burnish/sources.list"
# Nothing outside reaches the container, and it reaches nothing: what it needs was fetched before.
NETWORK = ("--network", "none")


@dataclass(frozen=True, kw_only=True)
class Files:
    """Paths on this machine that a layer's container is given.

    `debs` is a flat repository of exactly the layer's packages, `wheels` holds those of its
    environments, `downloads` the files that its roles download, `npm` the tarballs of its npm tools
    with `tree.json`, `settings` has apt.conf and sources.list; `signing` is the site's private key,
    which nothing copies; `products` what an earlier build of a layer made at length, a folder each.
    """

    uv_cache: str
    debs: str
    wheels: str
    downloads: str
    npm: str
    settings: str
    signing: str = ""
    products: str = ""


def environment() -> dict[str, str]:
    """The variables that the playbook's tasks see: where apt and uv find what the lock names."""
    return {
        "APT_CONFIG": APT_CONF,
        "UV_CACHE_DIR": UV_CACHE,
        # a place that has no page of any package: uv's cache may remember a real index, whose wheels
        # it would go for even where it is offline
        "UV_DEFAULT_INDEX": f"file://{WHEELS}",
        "UV_FIND_LINKS": WHEELS,
        "UV_LINK_MODE": "copy",
        "UV_OFFLINE": "1",
    }


def settings() -> dict[str, str]:
    """apt.conf and sources.list: the layer's packages and no others."""
    conf = f'Dir::Etc::SourceList "{SOURCES}";\nDir::Etc::SourceParts "/dev/null";\n'
    return {"apt.conf": conf, "sources.list": f"deb [trusted=yes] file:{DEBS} ./\n"}


def volumes(files: Files) -> tuple[str, ...]:
    """Docker's mounts."""
    key = (f"{files.signing}:{SIGNING}:ro",) if files.signing else ()
    products = (f"{files.products}:{PRODUCTS}:ro",) if files.products else ()
    return (
        *key,
        *products,
        f"{files.uv_cache}:{UV_CACHE}",
        f"{files.debs}:{DEBS}:ro",
        f"{files.wheels}:{WHEELS}:ro",
        f"{files.downloads}:{DOWNLOADS}:ro",
        f"{files.npm}:{NPM}:ro",
        f"{files.settings}/apt.conf:{APT_CONF}:ro",
        f"{files.settings}/sources.list:{SOURCES}:ro",
    )
