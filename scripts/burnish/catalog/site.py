"""Takes site.yaml and the environment; gives the `Site`. The environment's usual names are obeyed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from burnish.catalog.document import Document, read
from burnish.catalog.validate import validate
from burnish.errors import DefinitionError, Problem
from burnish.model.site import Site

CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE")


def load_site(root: Path, environment: Mapping[str, str]) -> Site:
    """The site of this place: BURNISH_SITE or site.yaml in the root, then the environment's values.

    Raises DefinitionError with every problem of the file.
    """
    path = Path(environment.get("BURNISH_SITE") or root / "site.yaml")
    site = Site()
    if environment.get("BURNISH_SITE") and not path.is_file():
        text, hint = "no such file", "BURNISH_SITE names it; correct or unset it"
        raise DefinitionError([Problem(file=str(path), line=0, path="", text=text, hint=hint)])
    if path.is_file():
        document, problems = read(path, shown=str(path))
        found = None
        if document is not None:
            found, more = validate(document, Site)
            problems += more
            problems += _problems(document, found) if found else ()
        if found is None or problems:
            raise DefinitionError(problems)
        site = found
    return _from_environment(site, environment)


def _problems(document: Document, site: Site) -> Iterator[Problem]:
    yield from _snapshots(document, site)
    mirror = site.downloads.mirror
    if mirror and not mirror.startswith(("https://", "/")):
        text = f"{mirror!r} is neither an https address nor a folder's whole path"
        yield document.problem(("downloads", "mirror"), text)
    signers = site.downloads.signers
    if signers and not Path(signers).is_file():
        yield document.problem(("downloads", "signers"), f"{signers!r} is no file")
    registry = site.npm.registry
    if registry and not registry.startswith(("https://", "http://")):
        yield document.problem(("npm", "registry"), f"{registry!r} is no address")


def _snapshots(document: Document, site: Site) -> Iterator[Problem]:
    for name, apt in site.apt.items():
        for key in ("snapshot", "security_snapshot"):
            address = getattr(apt, key)
            if address and "{timestamp}" not in address:
                text = f"{address!r} does not say where {{timestamp}} goes"
                hint = "as in https://snapshot.example.com/debian/{timestamp}"
                yield document.problem(("apt", name, key), text, hint=hint)


def _from_environment(site: Site, environment: Mapping[str, str]) -> Site:
    def first(*names: str) -> str:
        values = (environment.get(name) or environment.get(name.lower()) for name in names)
        return next((value for value in values if value), "")

    index = replace(
        site.python,
        index_url=site.python.index_url
        or first("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"),
        find_links=site.python.find_links or _folders(first("UV_FIND_LINKS", "PIP_FIND_LINKS")),
    )
    return replace(
        site,
        python=index,
        npm=replace(site.npm, registry=site.npm.registry or first("NPM_CONFIG_REGISTRY")),
        http_proxy=site.http_proxy or first("HTTP_PROXY"),
        https_proxy=site.https_proxy or first("HTTPS_PROXY"),
        no_proxy=site.no_proxy or first("NO_PROXY"),
        ca_bundle=site.ca_bundle or first(*CA_VARIABLES),
        store=environment.get("BURNISH_STORE") or site.store,
        gallery=environment.get("BURNISH_GALLERY") or site.gallery,
        prefix=environment.get("BURNISH_PREFIX") or site.prefix,
    )


def _folders(text: str) -> tuple[str, ...]:
    """Places of wheels as uv (commas) and pip (spaces) write them."""
    return tuple(text.replace(",", " ").split())
