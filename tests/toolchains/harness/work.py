"""Runs a work program on the machine under test and reads the JSON that it prints."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# How an interpreter takes a whole program as one argument, so that nothing is copied. R's own start
# script lets `echo` and the shell at what follows -e, and R takes 10,000 bytes of it: a program that
# is an argument of a short one gets through as it is. It finds its own behind itself.
TEXT_OPTION = {
    ".py": ("-c",),
    ".R": ("-e", "eval(parse(text=commandArgs(TRUE)[1]))"),
    ".jl": ("-e",),
}
# The kernel takes no single argument longer than this (MAX_ARG_STRLEN).
LONGEST = 128 * 1024 - 1
SECONDS = 900
DEADLINE = ("timeout", "--kill-after=10", str(SECONDS))
# On a processor that QEMU emulates everything takes many times as long. QEMU before 9.1 takes another index
# for AVX2's vpgatherqq than the one in xmm4 (its issue 2474): numpy sorts wrongly there, or crashes.
EMULATED = "grep -q 'QEMU TCG CPU' /proc/cpuinfo"
WITHOUT_AVX2 = ("env", "NPY_DISABLE_CPU_FEATURES=X86_V3 X86_V4", "ATEN_CPU_CAPABILITY=default")
PATIENT = (*WITHOUT_AVX2, "CELL_SECONDS=2400", *DEADLINE[:-1], str(4 * SECONDS))
TAIL = 60

Transport = Callable[[Sequence[str], str], tuple[int, str, str]]


class WorkFailed(AssertionError):
    """A work program ended with an error or printed no JSON; the message shows what it said."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """Callable: `work("train.py", "--rows=500", interpreter=[python])` gives the program's JSON."""

    transport: Transport
    folders: tuple[Path, ...]
    user: str
    deadline: tuple[str, ...] = DEADLINE

    def __call__(
        self, program: str, *args: str, interpreter: Sequence[str], user: str | None = None
    ) -> Any:
        """Run `program` as `user` (the image's normal user unless named), in one round trip."""
        asked = arguments(self._find(program), args=args, interpreter=interpreter)
        argv = (*self.deadline, *asked)
        returncode, out, err = self.transport(argv, user or self.user)
        return answer(program, returncode=returncode, out=out, err=err)

    def _find(self, program: str) -> Path:
        for folder in self.folders:
            if (folder / program).is_file():
                return folder / program
        places = " or ".join(str(folder) for folder in self.folders)
        raise FileNotFoundError(f"work program {program!r} is not in {places}")


def arguments(program: Path, *, args: Sequence[str], interpreter: Sequence[str]) -> tuple[str, ...]:
    """The argument vector: the interpreter, the program's text, its arguments."""
    text = program.read_text(encoding="utf-8")
    if len(text.encode()) > LONGEST:
        raise ValueError(f"{program.name}: a work program must be shorter than {LONGEST} bytes")
    option = TEXT_OPTION[program.suffix]
    return (*interpreter, *option, text, *args)


def answer(program: str, *, returncode: int, out: str, err: str) -> Any:
    """The JSON on the last line of `out`; WorkFailed with all that the program said otherwise."""
    lines = out.strip().splitlines()
    problem = f"exit code {returncode}" if returncode else ""
    if not problem:
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError):
            problem = "its last line is no JSON"
    said = [*_tail("stdout", out), *_tail("stderr", err)]
    raise WorkFailed("\n".join([f"{program}: {problem}", *said]))


def as_user(argv: Sequence[str], *, user: str, login: str) -> str:
    """One shell line that runs `argv` as `user` over a connection that logs in as `login`."""
    line = shlex.join(argv)
    return line if user == login else f"sudo -n -H -u {shlex.quote(user)} -- {line}"


def _tail(name: str, text: str) -> list[str]:
    lines = text.rstrip().splitlines()
    return [f"  {name} | {line}" for line in lines[-TAIL:]]
