"""A Windows machine over WinRM and NTLM: an argument vector in, text out. The only room with pywinrm.

Over https the certificate is not looked at: machines make their own. Over http every message is sealed by
NTLM's key. Either way the password is not sent. It comes from the environment and is in no argument.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from winrm.exceptions import InvalidCredentialsError, WinRMError, WinRMOperationTimeoutError
from winrm.protocol import Protocol

from burnish.errors import ToolError, UsageError
from burnish.model.command import Completed

SCHEMES = {"winrm": "https", "winrm+http": "http"}
PORTS = {"https": 5986, "http": 5985}
_FORM = re.compile(
    r"(?P<scheme>winrm(?:\+http)?)://(?P<user>[^@\s:/]+)@(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*)(?::(?P<port>\d+))?"
)
# What CreateProcess takes at most; a program's text goes by standard input.
LONGEST = 32_000
UTF8 = 65001
# a slow program is asked for again and again, each time for so many seconds
ASKS, SLACK = 120, 30
DEADLINE = 900.0  # seconds; what a check's program has on Linux


@dataclass(frozen=True, kw_only=True)
class WinRm:
    """A machine and who logs in there."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool = True

    @classmethod
    def parse(cls, text: str, *, password: str) -> WinRm:
        """`winrm://USER@HOST[:PORT]`, or `winrm+http://` where messages are sealed instead."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise UsageError(f"not a Windows machine: {text!r}", hint="winrm://USER@HOST[:PORT]")
        if not password:
            raise UsageError(
                f"{found['host']}: no password to log in with",
                hint="export BURNISH_PASSWORD=...; it is in no argument, file or log",
            )
        scheme = SCHEMES[found["scheme"]]
        return cls(
            host=found["host"],
            port=int(found["port"] or PORTS[scheme]),
            user=found["user"],
            password=password,
            tls=scheme == "https",
        )

    @property
    def url(self) -> str:
        """The same as it is parsed, without the password."""
        return f"winrm{'' if self.tls else '+http'}://{self.user}@{self.host}:{self.port}"


def run(machine: WinRm, argv: Sequence[str], *, timeout: float = DEADLINE) -> Completed:
    """A program there to its end, which has so many seconds. UsageError if the log-in is refused,
    ToolError without an answer or an end in time."""
    argv, given = by_input(argv)
    program, *arguments = (quoted(each) for each in argv)
    if len(program) + sum(len(each) + 1 for each in arguments) > LONGEST:
        raise UsageError(f"{program}: its arguments have more than {LONGEST} characters")
    began, protocol = time.monotonic(), _protocol(machine, asks=min(ASKS, math.ceil(timeout)))
    with _told(machine, program, timeout=timeout):
        shell = protocol.open_shell(codepage=UTF8, env_vars={"PYTHONUTF8": "1"})
        try:
            command = protocol.run_command(shell, program, arguments, skip_cmd_shell=True)
            if given:
                protocol.send_command_input(shell, command, given, end=True)
            try:
                out, err, code = _output(protocol, shell, command=command, until=began + timeout)
            finally:
                protocol.cleanup_command(shell, command)
        finally:
            protocol.close_shell(shell)
    return Completed(
        returncode=code,
        stdout=out.decode("utf-8", "replace"),
        stderr=err.decode("utf-8", "replace"),
        seconds=time.monotonic() - began,
    )


@contextmanager
def _told(machine: WinRm, program: str, *, timeout: float) -> Iterator[None]:
    """What goes wrong with a program there, as errors of burnish."""
    try:
        yield
    except InvalidCredentialsError as error:
        raise UsageError(
            f"{machine.host}: the log-in of {machine.user} was refused over WinRM",
            hint="is the password right, and is NTLM allowed there?",
        ) from error
    except TimeoutError as error:
        raise ToolError(
            f"{machine.host}: {program} did not end within {timeout:.0f} s, and was ended",
            hint="is that machine overloaded, or does the program wait for something?",
        ) from error
    except (WinRMError, requests.RequestException) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ToolError(
            f"{machine.host}: no answer over WinRM: {first}",
            hint="may this machine reach it, and does WinRM listen there?",
        ) from error


def _output(
    protocol: Protocol, shell: str, *, command: str, until: float
) -> tuple[bytes, bytes, int]:
    """All that a program says, and its exit code. TimeoutError at a time of the steady clock."""
    out, err = b"", b""
    while time.monotonic() < until:
        try:
            more, worse, code, done = protocol.get_command_output_raw(shell, command)
        except WinRMOperationTimeoutError:  # it said nothing for so long
            continue
        out, err = out + more, err + worse
        if done:
            return out, err, code
    raise TimeoutError


def by_input(argv: Sequence[str]) -> tuple[Sequence[str], bytes]:
    """The vector with a Python program's text as its input instead: Windows takes no argument that long."""
    if "-c" not in argv[1:-1]:
        return argv, b""
    at = list(argv).index("-c", 1)
    return (*argv[:at], "-", *argv[at + 2 :]), argv[at + 1].encode()


def quoted(argument: str) -> str:
    """As Microsoft's C library takes a command line apart: backslashes count before a quote only."""
    if argument and not re.search(r'[\s"]', argument):
        return argument
    inside = re.sub(r'(\\*)"', r'\1\1\\"', argument)
    inside = re.sub(r"(\\+)$", r"\1\1", inside)
    return f'"{inside}"'


def _protocol(machine: WinRm, *, asks: int) -> Protocol:
    scheme = "https" if machine.tls else "http"
    return Protocol(
        endpoint=f"{scheme}://{machine.host}:{machine.port}/wsman",
        transport="ntlm",
        username=machine.user,
        password=machine.password,
        server_cert_validation="ignore",
        message_encryption="auto" if machine.tls else "always",
        operation_timeout_sec=asks,
        read_timeout_sec=asks + SLACK,
        proxy=None,
    )
