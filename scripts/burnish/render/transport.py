"""Takes the site; gives how a layer's container reaches the world. None of it stays in an image."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from burnish.model.site import Apt, Site

CA = "/run/burnish/ca.crt"
UV_CACHE = "/run/burnish/uv"
KEYRING = "/run/burnish/keyring.gpg"
WHEELS = "/run/burnish/wheels"
APT_CONF = "/run/burnish/apt.conf"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def environment(site: Site) -> dict[str, str]:
    """The variables that the playbook's tasks see: proxies, certificates, indexes."""
    links = [f"{WHEELS}/{number}" for number, _ in enumerate(site.python.find_links)]
    found = {
        "http_proxy": site.http_proxy,
        "https_proxy": site.https_proxy,
        "no_proxy": site.no_proxy,
        "APT_CONFIG": APT_CONF if site.ca_bundle else "",
        "SSL_CERT_FILE": CA if site.ca_bundle else "",
        "UV_CACHE_DIR": UV_CACHE,
        "UV_LINK_MODE": "copy",
        "UV_DEFAULT_INDEX": site.python.index_url,
        "UV_INDEX": " ".join(site.python.extra_index_urls),
        "UV_FIND_LINKS": " ".join(links),
    }
    return {key: value for key, value in found.items() if value}


def apt_conf(site: Site) -> str:
    """apt's settings while a layer is made: it reads no environment for certificates."""
    return f'Acquire::https::CAInfo "{CA}";\n' if site.ca_bundle else ""


@dataclass(frozen=True, kw_only=True)
class Files:
    """Paths on this machine that a layer's container is given; an empty one is not.

    `sources` stands in for apt's sources while the layer is made.
    """

    uv_cache: str
    sources: str = ""
    keyring: str = ""
    apt_conf: str = ""


def volumes(site: Site, files: Files) -> tuple[str, ...]:
    """Docker's mounts."""
    mounts = [f"{files.uv_cache}:{UV_CACHE}"]
    read_only = (
        (site.ca_bundle, CA),
        (files.sources, "/etc/apt/sources.list"),
        (files.keyring, KEYRING),
        (files.apt_conf, APT_CONF),
    )
    mounts += [f"{path}:{place}:ro" for path, place in read_only if path]
    mounts += [f"{folder}:{WHEELS}/{n}:ro" for n, folder in enumerate(site.python.find_links)]
    return tuple(mounts)


def network(site: Site, distribution: str) -> tuple[str, ...]:
    """Docker's network flags: a mirror on this machine's loopback is reached by its own network."""
    apt = site.apt.get(distribution, Apt())
    mirrors = (apt.mirror, apt.security_mirror)
    indexes = (site.python.index_url, *site.python.extra_index_urls)
    places = (*mirrors, *indexes, site.http_proxy, site.https_proxy)
    local = any(_host(place) in LOOPBACK for place in places if place)
    return ("--network", "host") if local else ()


def _host(place: str) -> str | None:
    # a proxy may be named without a scheme
    return urlsplit(place if "://" in place else f"//{place}").hostname
