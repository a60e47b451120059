"""What stands in the way of a build: named with its cause and the next step, before anything is built."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
import yaml
from factory import IMAGE, Factory

PLACES = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
CLOSED = "http://127.0.0.1:9"


def site(of: Factory, values: Mapping[str, object]) -> None:
    (of.root / "site.yaml").write_text(yaml.safe_dump(dict(values)), encoding="utf-8")


def forget_pins(of: Factory) -> None:
    shutil.rmtree(of.root / "build" / "locks")


def path_without(folder: Path, name: str) -> str:
    """A PATH with every program of this machine but one."""
    folder.mkdir()
    for place in PLACES:
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            link = folder / program.name
            if program.name != name and not link.is_symlink():
                link.symlink_to(program)
    return str(folder)


@pytest.fixture
def inspecting(tmp_path: Path) -> Iterator[str]:
    """The URL of a server whose certificate nobody here trusts, as a TLS-inspecting proxy's."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    argv += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    argv += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(argv, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()


def test_no_docker_daemon(ours: Factory) -> None:
    done = ours.build(DOCKER_HOST="unix:///nonexistent.sock")
    assert done.code == 7
    assert "error: no Docker daemon answers" in done.err
    assert "layer" not in done.err


@pytest.mark.parametrize("tool", ["docker", "mmdebstrap"])
def test_missing_tool(ours: Factory, tmp_path: Path, tool: str) -> None:
    forget_pins(ours)
    done = ours.build(PATH=path_without(tmp_path / "bin", tool))
    assert done.code == 7
    assert f"error: {tool}: not found on PATH" in done.err
    assert "make setup" in done.err


def test_no_packer_and_no_way_to_fetch_it(ours: Factory, tmp_path: Path) -> None:
    site(ours, {"packer": {"url": f"{CLOSED}/packer.zip"}})
    done = ours.build(PATH=path_without(tmp_path / "bin", "packer"))
    assert (done.code, done.built) == (7, [])
    assert "error: packer 1.8.6 can't be fetched: " in done.err
    assert "name a mirror as packer.url in site.yaml" in done.err


def test_no_mirror(ours: Factory) -> None:
    forget_pins(ours)
    site(ours, {"apt": {"debian": {"mirror": CLOSED}}})
    done = ours.build()
    assert done.code == 7
    assert "error: no mirror answers for bookworm, nothing built" in done.err
    assert "apt.DISTRIBUTION.mirror in site.yaml" in done.err
    assert "✓ pins" not in done.err


def test_an_inspecting_proxy_before_the_mirror(ours: Factory, inspecting: str) -> None:
    forget_pins(ours)
    site(ours, {"apt": {"debian": {"mirror": inspecting}}})
    done = ours.build()
    assert done.code == 7
    assert "certificate" in done.err.partition("  | ")[0]
    assert "ca_bundle" in done.err


def test_an_inspecting_proxy_before_the_python_index(ours: Factory, inspecting: str) -> None:
    layer = "  - id: seal\n"
    wanted = (
        "  - id: data\n    roles: [python]\n"
        "    vars: {python_environment: ml, python_requirements: [numpy]}\n"
    )
    ours.edit("packer/profiles/stack.yaml", old=layer, new=wanted + layer)
    _add_python(ours)
    site(ours, {"python": {"index_url": f"{inspecting}/simple"}})
    done = ours.build()
    assert done.code == 7
    assert "certificate" in done.err.partition("  | ")[0]
    assert "ca_bundle" in done.err
    assert "No solution" not in done.err
    assert done.built == []


def _add_python(of: Factory) -> None:
    import checkout

    options = "{python_environment: {type: str}, python_requirements: {type: list}}"
    for name, text in checkout.role("python", options=options).items():
        path = of.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    of.edit("roles/python/facts.yml", new="lock: python\n")


def test_locked_refuses_what_is_open(ours: Factory) -> None:
    forget_pins(ours)
    done = ours.build("--locked")
    assert done.code == 4
    assert "--locked, but the lock of tiny-cpu can't be used as it is: rootfs: " in done.err
    assert done.built == []


def test_every_problem_of_the_definitions_at_once(ours: Factory) -> None:
    ours.edit("packer/profiles/stack.yaml", old="roles: [two]", new="roles: [tow]")
    ours.edit(f"packer/images/{IMAGE}.yaml", new="disk: 3\n")
    done = ours.build()
    assert done.code == 2
    assert "packer/profiles/stack.yaml:6: layers" in done.err
    assert "did you mean 'two'?" in done.err
    assert f"packer/images/{IMAGE}.yaml:10: disk: " in done.err
    assert "2 problems, nothing built" in done.err
