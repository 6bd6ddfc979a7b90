"""How a sweep goes on: a bar with the time left on a terminal, now and then a plain line elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from quantum_contracts.command_line import print_line
from quantum_simulator.sweep.report import Delivered, Failure

SECONDS_BETWEEN_LINES = 5.0


class SweepProgress:
    """Counts points; plain lines on `console`. Time left counts what this process does, not what it took up."""

    def __init__(self, console: Console, total: int) -> None:
        self.console = console
        self.total = total
        self.done = 0
        self.failures = 0
        self._begin = self._last_line = time.monotonic()
        self._done_before = 0

    def resumed(self, delivered: int, failed: int) -> None:
        """This many points were done, or had failed, before."""
        self.done = self._done_before = delivered + failed
        self.failures = failed
        self._begin = time.monotonic()
        if self.done:
            self.note(f"{self.done} of {self.total} points are done already, {failed} of them failed")

    def delivered(self, point: Delivered) -> None:
        """One more point is delivered."""
        del point
        self._count()

    def failed(self, failure: Failure) -> None:
        """One more point failed: tell why."""
        self.failures += 1
        self.note(f"failed: {failure.point}: {failure.reason}")
        self._count()

    def note(self, message: str) -> None:
        """Tell something in one line."""
        print_line(self.console, message)

    def state(self) -> str:
        """In words: done, failed, speed, time left."""
        seconds = time.monotonic() - self._begin
        done_now = self.done - self._done_before
        told = f"{self.done} of {self.total} points done, {self.failures} failed"
        if not done_now:
            return told
        left = seconds / done_now * (self.total - self.done)
        return f"{told}, {done_now / seconds:.3g} per second, {_duration(left)} left"

    def _count(self) -> None:
        self.done += 1
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._last_line > SECONDS_BETWEEN_LINES or self.done == self.total:
            self._last_line = now
            self.note(self.state())


class _Bar(SweepProgress):
    """The same as a bar that moves; failures stand above it and stay."""

    def __init__(self, console: Console, total: int, bar: RichProgress) -> None:
        super().__init__(console, total)
        self._bar = bar
        self._task = bar.add_task("", total=total)

    def note(self, message: str) -> None:
        """Print it above the bar."""
        self._bar.console.print(escape(message), highlight=False)

    def _show(self) -> None:
        self._bar.update(self._task, completed=self.done, description=self.state())


@contextmanager
def display_sweep(console: Console, total: int) -> Iterator[SweepProgress]:
    """Show the progress of `total` points in the way that suits `console`, until the end of the block."""
    if not console.is_terminal:
        yield SweepProgress(console, total)
        return
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=console, transient=True) as bar:
        yield _Bar(console, total, bar)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
