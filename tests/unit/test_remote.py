"""A machine of the user's: how it is named, reached over SSH, asked, restarted, and what refuses."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from burnish import process
from burnish.build import inventory, remote
from burnish.build.remote import Connection, connected
from burnish.errors import BootError, BurnishError, ToolError, UsageError
from burnish.model.command import Command
from burnish.model.manifest import Software
from burnish.model.remote import Found, Remote

# Plays ssh: notes its call, then is the machine itself: it runs the line, as the server would.
SSH = """\
#!/bin/sh
for last; do :; done
echo "$*" >> {folder}/log
[ "$4" != exit ] || exit 0
exec sh -c "$last"
"""
REFUSES = "#!/bin/sh\necho '{said}' >&2\nexit 255\n"
SUDO = "#!/bin/sh\nshift\ncase $1 in systemctl) echo later > {folder}/boot;; esac\n"
KNOWN = (
    "compare the key's fingerprint with the one on the machine's serial console, then connect once "
    "with `ssh` and accept it"
)
processes = pytest.mark.touches("processes", reason="a program that plays ssh is started")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that comes first on PATH; Python there is this one."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(remote, "PYTHON", sys.executable)
    monkeypatch.setattr(remote, "PAUSE", 0.01)
    put(tmp_path / "ssh", SSH.format(folder=tmp_path))
    return tmp_path


def put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("text", "host", "user", "port"),
    [
        ("gpu1", "gpu1", "", 0),
        ("azureuser@20.1.2.3", "20.1.2.3", "azureuser", 0),
        ("a.b@gpu1.example.org:2222", "gpu1.example.org", "a.b", 2222),
    ],
)
def test_a_machine_is_named_as_ssh_does(text: str, host: str, user: str, port: int) -> None:
    found = Remote.parse(text)
    assert (found.host, found.user, found.port, found.local) == (host, user, port, False)


@pytest.mark.parametrize(
    "text",
    ["", "-oProxyCommand=x", "a b", "a@-b", "ssh://x", "h:", "h:x", "h:99999", "a@b@c", "::1"],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a host") as caught:
        Remote.parse(text)
    assert caught.value.hint == (
        "write HOST, USER@HOST, USER@HOST:PORT, a name of ~/.ssh/config, or localhost"
    )


def test_only_the_bare_word_means_this_machine() -> None:
    found = [Remote.parse(text).local for text in ("localhost", "me@localhost", "localhost:22")]
    assert found == [True, False, False]


def understood(config: Path, host: str) -> set[str]:
    """What ssh makes of a configuration for a host."""
    done = process.run(Command(argv=("ssh", "-G", "-F", str(config), host), timeout=20))
    return set(done.stdout.splitlines())


@pytest.mark.touches("processes", reason="ssh -G reads the config and connects to nothing")
def test_ssh_takes_ours_first_and_then_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / ".ssh" / "config"
    own.parent.mkdir()
    own.write_text("Host gpu1\n  HostName 10.0.0.4\n  User mine\n  StrictHostKeyChecking no\n")
    made = Remote(host="gpu1", port=2222, key=tmp_path / "a key")
    path = tmp_path / "ssh_config"
    path.write_text(remote.config(made, control=tmp_path / "%C", home=tmp_path), encoding="utf-8")
    assert "port 22" in understood(path, "jump"), "what is said of one machine is of no other"
    assert understood(path, "gpu1") >= {
        *("hostname 10.0.0.4", "user mine", "port 2222", f"identityfile {tmp_path / 'a key'}"),
        *(
            "stricthostkeychecking true",
            "batchmode yes",
            "identitiesonly yes",
            "controlmaster auto",
        ),
    }


@processes
def test_a_machine_says_who_it_is(tools: Path) -> None:
    put(
        tools / "nvidia-smi",
        "#!/bin/sh\necho 'Simulated GPU, 535.1'\necho 'Simulated GPU, 535.1'\n",
    )
    with connected(Remote(host="gpu1"), home=tools) as there:
        found = there.who()
    assert found.told == found.where == "2 x Simulated GPU, driver 535.1"
    assert found.boot == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    calls = (tools / "log").read_text()
    assert calls.count(" gpu1 ") == 1
    assert calls.splitlines()[-1].endswith("-O exit gpu1"), "the shared connection is ended"


@processes
def test_a_driver_that_says_nothing_is_told(tools: Path) -> None:
    put(tools / "nvidia-smi", "#!/bin/sh\necho no driver\nexit 9\n")
    with connected(Remote(host="localhost"), home=tools) as there:
        found = there.who()
    assert (found.told, found.where.endswith("that nvidia-smi says nothing of")) == ("", True)
    assert there.options == ("--hosts=local://", "--sudo")
    assert not (tools / "log").exists(), "this machine needs no SSH"


@processes
def test_what_is_installed_is_asked(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "PROGRAM", 'print(\'hello\')\nprint(\'[["apt","jq","1",5]]\')')
    with connected(Remote(host="gpu1"), home=tools) as there:
        assert there.software() == (Software(kind="apt", name="jq", version="1", size=5),)


@pytest.mark.parametrize(
    ("said", "error", "message", "hint"),
    [
        (
            "Host key verification failed.",
            UsageError,
            "gpu1: its host key is not known here, or is another one\n  | Host key verif",
            KNOWN,
        ),
        (
            "x@gpu1: Permission denied (publickey).",
            UsageError,
            "gpu1: the log-in was refused\n  | x@gpu1",
            "--host USER@HOST names the user, --key FILE the private key",
        ),
        (
            "ssh: connect to host gpu1: No route to host",
            ToolError,
            "gpu1: no answer over SSH\n  | ssh: connect",
            "does `ssh` reach it?",
        ),
    ],
)
@processes
def test_what_ssh_refuses_has_its_way_out(
    tools: Path, said: str, error: type[BurnishError], *, message: str, hint: str
) -> None:
    put(tools / "ssh", REFUSES.format(said=said))
    with pytest.raises(error) as caught, connected(Remote(host="gpu1"), home=tools) as there:
        there.who()
    assert (caught.value.message.startswith(message), caught.value.hint) == (True, hint)


@processes
def test_a_machine_without_python_is_told(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PYTHON", "/no/python3")
    with pytest.raises(ToolError, match=r"gpu1: /no/python3 does not answer\n  \| .*not found"):
        Connection(remote=Remote(host="gpu1"), ssh_config=tools / "config").who()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (142, 'Please login as the user "azureuser" rather than the user "root".'),
        (0, "This account is for transfers only."),
        (0, "[1]"),
    ],
)
@processes
def test_what_a_log_in_says_instead_of_an_answer_is_told(tools: Path, code: int, said: str) -> None:
    put(tools / "ssh", f"#!/bin/sh\necho '{said}'\nexit {code}\n")
    with pytest.raises(ToolError) as caught:
        Connection(remote=Remote(host="gpu1", user="root"), ssh_config=tools / "config").who()
    assert caught.value.message == f"gpu1: {sys.executable} does not answer\n  | {said}"


@processes
def test_a_restart_is_over_when_another_boot_answers(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tools / "sudo", SUDO.format(folder=tools))
    put(tools / "systemctl", f"#!/bin/sh\necho $* >> {tools}/asked\n")
    monkeypatch.setattr(Connection, "who", lambda self: here(tools))
    there = Connection(remote=Remote(host="gpu1"), ssh_config=tools / "config")
    there.restart(before="first")
    assert (tools / "asked").read_text() == "is-system-running --wait\n"
    monkeypatch.setattr(remote, "BACK", 0.1)
    with pytest.raises(BootError, match="gpu1 was told to restart and is not back after 0 s"):
        there.restart(before="later")


def here(folder: Path) -> Found:
    """What a machine says: the boot is what stands in a file; while there is none, it is away."""
    if not (folder / "boot").is_file():
        raise ToolError("no answer")
    boot = (folder / "boot").read_text().strip()
    return Found(user="me", sudo=True, root="", boot=boot, gpus=1, told="")
