"""A build uses the lock and nothing else: packages of a layer, an environment, a place without a network."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import checkout
import images
import pytest
import registry
import yaml
from factory import IMAGE, Factory
from registry import Made, Registry

APT = """\
- name: Install what the role needs
  ansible.builtin.apt:
    name: "{{ __one_packages }}"
    install_recommends: false
"""
BEHIND = """\
- name: Take it away again
  ansible.builtin.command:
    argv: [dpkg, --remove, jq]
  changed_when: true
"""
DATA = """\
  - id: data
    roles: [python]
    vars: {python_environment: small, python_requirements: [ipykernel]}
"""


@pytest.fixture
def stocked(ours: Factory) -> Factory:
    """A factory whose layer `one` installs packages and whose layer `data` makes an environment."""
    ours.edit("roles/one/tasks/main.yml", new=APT)
    (ours.root / "roles/one/vars").mkdir()
    (ours.root / "roles/one/vars/Debian.yml").write_text("__one_packages: [jq]\n")
    load = "- name: Load\n  ansible.builtin.include_vars: Debian.yml\n"
    tasks = ours.root / "roles/one/tasks/main.yml"
    tasks.write_text(load + tasks.read_text("utf-8"), encoding="utf-8")
    shutil.copytree(checkout.REPOSITORY / "roles/python", ours.root / "roles/python")
    ours.edit("packer/profiles/stack.yaml", old="  - id: seal\n", new=f"{DATA}  - id: seal\n")
    return ours


def lock_of(of: Factory) -> Path:
    return of.root / "build" / "locks" / f"{IMAGE}.lock.yaml"


def layer_ids(of: Factory) -> dict[str, str]:
    told = json.loads(of.burnish("plan", IMAGE, "--json").out)
    return {layer["name"]: layer["id"] for layer in told["layers"]}


def test_a_layers_packages_are_the_locks(stocked: Factory) -> None:
    done = stocked.build(until="one")
    assert done.code == 0, done.err
    listed = images.docker(
        "run", "--rm", stocked.tag("one"), "dpkg-query", "--show", "-f", "${Package}=${Version}\n"
    ).split()
    lock = yaml.safe_load(lock_of(stocked).read_text("utf-8"))
    pins = [line.split()[0] for line in lock["apt"]["one"]["packages"]]
    assert [pin.partition("=")[0] for pin in pins] == ["jq", "libjq1", "libonig5"]
    assert set(pins) <= set(listed)
    sources = stocked.content("one", "/etc/apt/sources.list")
    assert "file:" not in sources, "the public sources stay the image's"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # a package that the layer needs is not in the lock
        (r"^    - libjq1=.*\n", "", "libjq1"),
        # another hash than the archive's
        (r"^(    - jq=\S+) [0-9a-f]{64} ", rf"\1 {'0' * 64} ", "the lock's 000000"),
        # an input younger than its section's epoch
        (r"^(    epoch:) \d+$", r"\1 1000", "was built after the epoch of apt:one"),
    ],
)
def test_what_is_not_the_locks_is_refused(
    stocked: Factory, *, old: str, new: str, told: str
) -> None:
    assert stocked.build(until="rootfs").code == 0
    path = lock_of(stocked)
    text, count = re.subn(old, new, path.read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text, encoding="utf-8")
    done = stocked.build(until="one")
    assert done.code == 4
    assert told in done.err
    assert done.built == []


def test_what_a_role_takes_away_behind_the_lock_is_noticed(stocked: Factory) -> None:
    stocked.edit("roles/one/tasks/main.yml", new=BEHIND)
    done = stocked.build(until="one")
    assert (done.code, done.built) == (4, [])
    assert re.search(r"Locked, not\s+installed: jq=", done.err), done.err


DOWNLOADS = """\
__two_downloads:
  - name: tool.txt
    url: https://publisher.example/v1/tool.txt
    checksum: https://publisher.example/v1/SHA256SUMS
"""
UNPACK = """\
- name: Take what was downloaded
  ansible.builtin.copy:
    src: "{{ burnish_downloads }}/tool.txt"
    dest: /opt/tool.txt
    remote_src: true
    mode: "0644"
"""


@pytest.fixture
def downloading(ours: Factory, tmp_path: Path) -> Factory:
    """A factory whose layer `two` downloads a file that only the site's folder has."""
    folder = tmp_path / "mirror/publisher.example/v1"
    folder.mkdir(parents=True)
    (folder / "tool.txt").write_bytes(b"a tool")
    digest = hashlib.sha256(b"a tool").hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  tool.txt\n", encoding="utf-8")
    ours.edit("site.yaml", new=f"downloads: {{mirror: {tmp_path / 'mirror'}}}\n")
    (ours.root / "roles/two/vars").mkdir()
    (ours.root / "roles/two/vars/main.yml").write_text(DOWNLOADS, encoding="utf-8")
    ours.edit("roles/two/tasks/main.yml", new=UNPACK)
    return ours


def test_a_layer_is_given_what_its_role_downloads(downloading: Factory, tmp_path: Path) -> None:
    done = downloading.build(until="two")
    assert done.code == 0, done.err
    assert downloading.content("two", "/opt/tool.txt") == "a tool"
    lock = yaml.safe_load(lock_of(downloading).read_text("utf-8"))
    (line,) = lock["downloads"]["two"]["files"]
    assert line.startswith("tool.txt https://publisher.example/v1/tool.txt ")
    assert line.endswith(" 6 https://publisher.example/v1/SHA256SUMS")
    images.docker("rmi", "--force", downloading.tag("two"))
    shutil.rmtree(tmp_path / "mirror")
    again = downloading.build("--offline", until="two")
    assert (again.code, again.built) == (0, ["two"])


def test_a_task_that_downloads_is_refused(downloading: Factory) -> None:
    task = "- name: Fetch\n  ansible.builtin.get_url: {url: 'https://x.example', dest: /opt/x}\n"
    downloading.edit("roles/two/tasks/main.yml", new=task)
    done = downloading.build(until="two")
    assert done.code == 2
    assert "'Fetch' downloads by itself, past the lock" in done.err


NPM = """\
__two_npm:
  - {name: "@scope/tool", version: ^1.0.0}
"""
UNPACKED = """\
- name: Unpack the tool
  burnish.build.npm:
    source: "{{ burnish_npm }}"
    dest: /opt/tool
"""
PUBLISHED = (
    Made(name="leaf", version="1.0.0", files={"leaf.js": "a leaf"}),
    Made(name="leaf", version="2.0.0"),
    Made(name="@scope/tool", version="1.4.0", needs={"leaf": "1"}, files={"cli.js": "a tool"},
         more={"bin": {"tool": "cli.js"}}),
)  # fmt: skip


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Registry]:
    """A registry of npm packages on loopback."""
    with registry.running(tmp_path) as made:
        for each in PUBLISHED:
            made.publish(each)
        yield made


@pytest.fixture
def tooled(ours: Factory, published: Registry) -> Factory:
    """A factory whose layer `two` has an npm tool that only the site's registry knows."""
    site = f"npm: {{registry: {published.served.url}}}\nca_bundle: {published.served.certificate}\n"
    ours.edit("site.yaml", new=site)
    (ours.root / "roles/two/vars").mkdir()
    (ours.root / "roles/two/vars/main.yml").write_text(NPM, encoding="utf-8")
    ours.edit("roles/two/tasks/main.yml", new=UNPACKED)
    return ours


def test_a_layers_npm_tools_are_the_locks(tooled: Factory, published: Registry) -> None:
    done = tooled.build(until="two")
    assert done.code == 0, done.err
    folder = "/opt/tool/node_modules"
    assert tooled.content("two", f"{folder}/leaf/leaf.js") == "a leaf"
    run = ("run", "--rm", tooled.tag("two"))
    assert images.docker(*run, "readlink", f"{folder}/.bin/tool").strip() == "../@scope/tool/cli.js"
    lock = yaml.safe_load(lock_of(tooled).read_text("utf-8"))
    pins = [line.split()[:2] for line in lock["npm"]["two"]["packages"]]
    assert pins == [
        ["node_modules/@scope/tool", "@scope/tool@1.4.0"],
        ["node_modules/leaf", "leaf@1.0.0"],
    ]
    images.docker("rmi", "--force", tooled.tag("two"))
    shutil.rmtree(published.folder)
    again = tooled.build("--offline", until="two")
    assert (again.code, again.built) == (0, ["two"])


def test_a_task_that_calls_npm_is_refused(tooled: Factory) -> None:
    task = "- name: Install\n  ansible.builtin.command: npm install -g x\n  changed_when: true\n"
    tooled.edit("roles/two/tasks/main.yml", new=task)
    done = tooled.build(until="two")
    assert done.code == 2
    assert "'Install' calls npm, or one like it, by itself, past the lock" in done.err


@pytest.fixture
def elsewhere(stocked: Factory, tmp_path: Path) -> Iterator[Factory]:
    """A clean home: the same checkout, an empty store, tags that nobody has."""
    root = tmp_path / "elsewhere"
    prefix = f"{stocked.env['BURNISH_PREFIX']}-elsewhere"
    env = {**stocked.env, "BURNISH_STORE": str(tmp_path / "empty"), "BURNISH_PREFIX": prefix}
    shutil.copytree(stocked.root, root)
    shutil.rmtree(root / "build", ignore_errors=True)
    yield replace(stocked, roots=(root,), env=env)
    images.forget(prefix)


def test_a_closed_place_builds_the_same_from_a_bundle(
    stocked: Factory, elsewhere: Factory, tmp_path: Path
) -> None:
    assert stocked.build().code == 0
    bundle = tmp_path / "inputs.tar"
    packed = stocked.burnish("cache", "export", str(bundle), IMAGE)
    assert packed.code == 0, packed.err
    refused = elsewhere.closed("build", IMAGE, "--until", "layers", "--offline")
    assert refused.code == 7
    assert "--offline, and the lock leaves" in refused.err
    taken = elsewhere.closed("cache", "import", str(bundle))
    assert (taken.code, taken.err.count("error")) == (0, 0)
    done = elsewhere.closed("build", IMAGE, "--until", "layers", "--offline")
    assert done.code == 0, done.err
    assert done.built == ["one", "two", "data", "seal"]
    assert layer_ids(elsewhere) == layer_ids(stocked)


def test_a_spoiled_input_is_fetched_again(stocked: Factory) -> None:
    assert stocked.build(until="one").code == 0
    images.docker("rmi", "--force", stocked.tag("one"))
    rows = json.loads(stocked.burnish("cache", "list", "--json").out)
    (row,) = [row for row in rows if row["name"].startswith("jq_")]
    path = Path(stocked.env["BURNISH_STORE"]) / "inputs" / row["sha256"] / row["name"]
    path.write_bytes(b"spoiled")
    offline = stocked.build("--offline", until="one")
    assert offline.code == 7
    assert "the cache lacks an input of apt:one: jq=" in offline.err
    done = stocked.build(until="one")
    assert (done.code, done.built) == (0, ["one"])
