"""What is going on, told while it goes on: a moving line on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from quantum_contracts.command_line import print_line

if TYPE_CHECKING:
    from quantum_simulator.optimisation.vqe import Iteration

SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Is told how a computation goes on. This one shows nothing; subclasses show what they can."""

    def stage(self, molecule: str, stage: str) -> None:
        """`molecule` enters a stage, for example its mapping."""

    def iteration(self, number: int, energy: float) -> None:
        """The optimisation made its iteration `number`, counted from 1, with this total energy, hartree."""

    def note(self, message: str) -> None:
        """Something that the person should know, in one line."""

    def done(self) -> None:
        """One more molecule is done."""


class Tell:
    """Tells `progress` of one molecule's computation."""

    def __init__(self, progress: Progress, molecule: str) -> None:
        self._progress = progress
        self._molecule = molecule
        self._iterations = 0

    def stage(self, stage: str) -> None:
        """The computation enters a stage."""
        self._progress.stage(self._molecule, stage)

    def iteration(self, iteration: "Iteration") -> None:
        """The optimisation made its next iteration."""
        self._iterations += 1
        self._progress.iteration(self._iterations, iteration.energy)

    def note(self, message: str) -> None:
        """Something that the person should know, in one line."""
        self._progress.note(f"{self._molecule}: {message}")


class Lines(Progress):
    """A line for each stage, and one for an iteration where there was none for a while."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._molecule = ""
        self._last_line = 0.0

    def stage(self, molecule: str, stage: str) -> None:
        """Print it."""
        self._molecule = molecule
        self.note(f"{molecule}: {stage}")

    def iteration(self, number: int, energy: float) -> None:
        """Print it if the last line is old."""
        if time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self.note(f"{self._molecule}: {_iteration(number, energy)}")

    def note(self, message: str) -> None:
        """Print it."""
        self._last_line = time.monotonic()
        print_line(self._console, message)


class MovingLine(Progress):
    """One line that moves: the molecule, its stage or energy, how many molecules are done, the time."""

    def __init__(self, bar: RichProgress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total)
        self._molecule = ""

    def stage(self, molecule: str, stage: str) -> None:
        """Show it."""
        self._molecule = molecule
        self._describe(stage)

    def iteration(self, number: int, energy: float) -> None:
        """Show it."""
        self._describe(_iteration(number, energy))

    def note(self, message: str) -> None:
        """Print it above the moving line, where it stays."""
        self._bar.console.print(escape(message), highlight=False)

    def done(self) -> None:
        """Advance the bar."""
        self._bar.advance(self._task)

    def _describe(self, what: str) -> None:
        self._bar.update(self._task, description=f"[bold]{escape(self._molecule)}[/] {escape(what)}")


@contextmanager
def display(console: Console, total: int) -> Iterator[Progress]:
    """Show the progress of `total` molecules in the way that suits `console`, until the end of the block."""
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=console, transient=True) as bar:
        yield MovingLine(bar, total)


def _iteration(number: int, energy: float) -> str:
    return f"iteration {number}: {energy:.6f} hartree"
