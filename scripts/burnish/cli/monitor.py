"""Shows steps with their times on standard error: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status


class ConsoleMonitor:
    """The story of a run. Steps may stand inside steps; the innermost is shown running."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._titles: list[str] = []
        self._status: Status | None = None

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A step; its line stays with the seconds it took, or with what became of it."""
        self._titles.append(title)
        started = time.monotonic()
        if not self._console.is_terminal:
            self._line("...", title)
        self._show()
        try:
            yield
        except BaseException:
            self._line("[red]✗[/red]", f"{title} [dim]{_seconds(started)}[/dim]")
            self._titles.pop()
            self._hide()
            raise
        self._line("[green]✓[/green]", f"{title} [dim]{_seconds(started)}[/dim]")
        self._titles.pop()
        self._show()

    def detail(self, text: str) -> None:
        """What the running step does now."""
        if self._status is not None and self._titles:
            self._status.update(f"{self._titles[-1]}: [dim]{_plain(text)}[/dim]")

    def say(self, text: str) -> None:
        """A line that stays."""
        self._console.print(_plain(text), highlight=False, soft_wrap=True)

    def _line(self, mark: str, text: str) -> None:
        indent = "  " * (len(self._titles) - 1)
        self._console.print(f"{indent}{mark} {text}", highlight=False, soft_wrap=True)

    def _show(self) -> None:
        if not self._titles:
            self._hide()
        elif self._console.is_terminal:
            if self._status is None:
                self._status = self._console.status("")
                self._status.start()
            self._status.update(self._titles[-1])

    def _hide(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def _seconds(started: float) -> str:
    return f"{time.monotonic() - started:.1f} s"


def _plain(text: str) -> str:
    # rich reads [words] as markup
    return text.replace("[", "\\[")
