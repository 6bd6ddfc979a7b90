import io

from rich.console import Console
from tests.quantum_features.support_lakes import land, result

from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.progress import silent
from quantum_features.report import Place, show
from quantum_features.settings import FeaturesSettings
from quantum_features.terminal import display


def terminal() -> Console:
    return Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None)


def text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_gets_a_table(lake: Lake) -> None:
    land(lake, [result("a", steps=1_000)], offset=0)
    console = terminal()
    show(process(lake, FeaturesSettings()), Place.of(lake), console)
    assert ["vqe_iterations", "1,000"] in [line.split() for line in text(console).splitlines()]


def test_a_terminal_gets_a_bar_and_others_nothing() -> None:
    console = terminal()
    with display(console) as progress:
        progress(3, 7)
    assert "3/7" in text(console)
    with display(Console(file=io.StringIO())) as progress:
        assert progress is silent
