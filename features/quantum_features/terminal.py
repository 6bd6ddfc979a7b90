"""Progress on a terminal: a bar; elsewhere nothing, the report tells all."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from quantum_features.progress import Progress, silent


@contextmanager
def display(console: Console) -> Iterator[Progress]:
    """Give what a batch calls while it reads."""
    if not console.is_terminal:
        yield silent
        return
    columns = (TextColumn("reading landing files"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("read", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
