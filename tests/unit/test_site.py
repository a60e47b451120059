"""The site: a file, then the environment; and how a layer's container reaches the world by it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from burnish.catalog.site import load_site
from burnish.errors import DefinitionError
from burnish.model.site import PythonIndex, Site
from burnish.render import transport

FILE = """\
apt:
  debian: {mirror: http://mirror.test/debian, security_mirror: http://mirror.test/security}
python: {index_url: https://index.test/simple}
https_proxy: http://proxy.test:3128
prefix: mine
"""


def test_without_anything_each_tool_has_its_default(tmp_path: Path) -> None:
    assert load_site(tmp_path, {}) == Site()


def test_the_file_comes_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(FILE, encoding="utf-8")
    environment = {"HTTPS_PROXY": "http://other", "UV_DEFAULT_INDEX": "x", "BURNISH_PREFIX": "ci"}
    site = load_site(tmp_path, environment)
    assert site.apt["debian"].mirror == "http://mirror.test/debian"
    assert site.python.index_url == "https://index.test/simple"
    assert site.https_proxy == "http://proxy.test:3128"
    # the store and the prefix keep runs apart: there the environment decides
    assert site.prefix == "ci"


@pytest.mark.parametrize(
    ("environment", "site"),
    [
        ({"http_proxy": "http://p"}, Site(http_proxy="http://p")),
        (
            {"HTTP_PROXY": "http://p", "no_proxy": "a,b"},
            Site(http_proxy="http://p", no_proxy="a,b"),
        ),
        ({"PIP_INDEX_URL": "https://i"}, Site(python=PythonIndex(index_url="https://i"))),
        ({"PIP_FIND_LINKS": "/a /b"}, Site(python=PythonIndex(find_links=("/a", "/b")))),
        ({"UV_FIND_LINKS": "/a,/b"}, Site(python=PythonIndex(find_links=("/a", "/b")))),
        ({"REQUESTS_CA_BUNDLE": "/ca"}, Site(ca_bundle="/ca")),
        ({"SSL_CERT_FILE": "/a", "CURL_CA_BUNDLE": "/b"}, Site(ca_bundle="/a")),
        ({"BURNISH_STORE": "/s", "BURNISH_GALLERY": "/g"}, Site(store="/s", gallery="/g")),
        ({"HTTP_PROXY": "", "BURNISH_STORE": ""}, Site()),
    ],
)
def test_usual_names_are_obeyed(tmp_path: Path, environment: Mapping[str, str], site: Site) -> None:
    assert load_site(tmp_path, environment) == site


def test_another_file_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text("prefix: ours\n")
    assert load_site(tmp_path / "root", {"BURNISH_SITE": str(path)}).prefix == "ours"


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        load_site(tmp_path, {"BURNISH_SITE": str(tmp_path / "none.yaml")})


def test_every_mistake_is_told(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("http_prox: x\npython: {index: y}\n")
    with pytest.raises(DefinitionError) as caught:
        load_site(tmp_path, {})
    path = tmp_path / "site.yaml"
    assert [(str(each), each.hint) for each in caught.value.problems] == [
        (f"{path}:1: http_prox: unknown key 'http_prox'", "did you mean 'http_proxy'?"),
        (f"{path}:2: python.index: unknown key 'index'", "did you mean 'index_url'?"),
    ]


def test_the_hint_reaches_below_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("apt: {debian: {miror: y}}\n")
    with pytest.raises(DefinitionError) as caught:
        load_site(tmp_path, {})
    assert caught.value.problems[0].hint == "did you mean 'mirror'?"


@pytest.mark.parametrize("mirror", ["http://mirror.test/files", "files"])
def test_a_mirror_of_downloads_is_https_or_a_folder(tmp_path: Path, mirror: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(f"prefix: x\ndownloads:\n  mirror: {mirror}\n")
    with pytest.raises(DefinitionError) as caught:
        load_site(tmp_path, {})
    text = f"'{mirror}' is neither an https address nor a folder's whole path"
    assert str(caught.value) == f"{path}:3: downloads.mirror: {text}"


def test_a_registry_of_npm_packages(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("npm: {registry: /srv/npm}\n")
    with pytest.raises(DefinitionError) as caught:
        load_site(tmp_path, {})
    assert str(caught.value) == f"{path}:1: npm.registry: '/srv/npm' is no address"
    path.write_text("npm: {registry: https://npm.test/}\n")
    variables = {"npm_config_registry": "https://other.test/"}
    assert load_site(tmp_path, variables).npm.registry == "https://npm.test/"
    path.write_text("prefix: x\n")
    assert load_site(tmp_path, variables).npm.registry == "https://other.test/"


def test_a_container_gets_its_inputs_by_mounts_alone() -> None:
    files = transport.Files(
        uv_cache="/c", debs="/d", wheels="/w", downloads="/l", npm="/n", settings="/s"
    )
    assert transport.volumes(files) == (
        f"/c:{transport.UV_CACHE}",
        f"/d:{transport.DEBS}:ro",
        f"/w:{transport.WHEELS}:ro",
        f"/l:{transport.DOWNLOADS}:ro",
        f"/n:{transport.NPM}:ro",
        f"/s/apt.conf:{transport.APT_CONF}:ro",
        f"/s/sources.list:{transport.SOURCES}:ro",
    )
    assert transport.NETWORK == ("--network", "none")


def test_a_container_knows_no_source_but_its_mounts() -> None:
    told = transport.environment()
    assert (told["UV_OFFLINE"], told["UV_FIND_LINKS"]) == ("1", transport.WHEELS)
    assert told["UV_DEFAULT_INDEX"] == f"file://{transport.WHEELS}", "its cache knows another one"
    settings = transport.settings()
    assert told["APT_CONFIG"] == transport.APT_CONF
    assert f'SourceList "{transport.SOURCES}"' in settings["apt.conf"]
    assert settings["sources.list"] == f"deb [trusted=yes] file:{transport.DEBS} ./\n"
