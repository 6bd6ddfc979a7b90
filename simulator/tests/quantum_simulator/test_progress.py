import io

import pytest
from rich.console import Console

from quantum_simulator import progress
from quantum_simulator.progress import display


def told(terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with display(console, total=2) as shown:
        shown.stage("H2", "mapping")
        shown.iteration(1, -1.1)
        shown.iteration(2, -1.137)
        shown.note("[H2] is done")
        shown.done()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_elsewhere_than_on_a_terminal_there_are_plain_lines() -> None:
    assert told(terminal=False).splitlines() == ["H2: mapping", "[H2] is done"]


def test_iterations_are_told_where_nothing_else_was_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", -1.0)
    assert "H2: iteration 2: -1.137000 hartree" in told(terminal=False).splitlines()


def test_a_terminal_gets_a_line_that_moves_and_notes_that_stay() -> None:
    text = told(terminal=True)
    assert "iteration 2: -1.137000 hartree" in text
    assert "1/2" in text
    assert "[H2] is done\n" in text
