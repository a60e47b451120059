"""`burnish` as a user calls it: with roots and an environment, to its end or until a line of its story."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BURNISH = str(Path(sys.executable).with_name("burnish"))
# an empty network namespace of its own: loopback and no route
CUT = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


@dataclass(frozen=True)
class Done:
    """What came of a call."""

    code: int
    out: str
    err: str

    @property
    def built(self) -> list[str]:
        """The layers that it built, in order."""
        return re.findall(r"✓ layer (\S+)", self.err)


@dataclass(frozen=True, kw_only=True)
class Burnish:
    """The roots and the whole environment that burnish is called with.

    `patience`: the seconds after which a call that has not ended is an error.
    """

    roots: tuple[Path, ...]
    env: Mapping[str, str]
    patience: float | None = None

    @property
    def argv(self) -> list[str]:
        """The beginning of every call."""
        return [BURNISH, *(part for root in self.roots for part in ("--root", str(root)))]

    def burnish(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """Run it to its end; `env` replaces values for this call."""
        return self._run((), arguments, env=env or {})

    def closed(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """The same where nothing is reached but this machine's Docker daemon."""
        return self._run(CUT, arguments, env=env or {})

    def _run(
        self, within: tuple[str, ...], arguments: tuple[str, ...], *, env: Mapping[str, str]
    ) -> Done:
        done = subprocess.run(
            [*within, *self.argv, *arguments],
            env={**self.env, **env},
            cwd=self.roots[0],
            capture_output=True,
            text=True,
            check=False,
            timeout=self.patience,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it as a user's shell would, in a session of its own.

        A shell in the background has its children ignore SIGINT, and so would burnish.
        """
        return subprocess.Popen(
            ["env", "--default-signal=INT", *self.argv, *arguments],
            env=self.env,
            cwd=self.roots[0],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def await_line(child: subprocess.Popen[str], text: str, *, then: float = 0.0) -> str:
    """Read a child's story up to a line that holds `text`; then wait some seconds."""
    assert child.stderr is not None
    said = ""
    for line in child.stderr:
        said += line
        if text in line:
            time.sleep(then)
            return said
    raise AssertionError(f"{text!r} never came:\n{said}")


def end(child: subprocess.Popen[str], number: signal.Signals) -> Done:
    """Send a signal to burnish alone, and wait."""
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    return Done(child.returncode, out, err)
