import ase.data
import pytest

from quantum_contracts.elements import ATOMIC_NUMBER, SYMBOLS, electron_count


def test_the_elements_are_those_of_ase() -> None:
    assert ase.data.chemical_symbols[1:] == SYMBOLS
    assert all(ase.data.atomic_numbers[symbol] == number for symbol, number in ATOMIC_NUMBER.items())


@pytest.mark.parametrize(
    ("symbols", "charge", "electrons"),
    [(["H", "H"], 0, 2), (["He", "H"], 1, 2), (["O", "H"], -1, 10), (["Og"], 0, 118), (["H"], 2, -1), (["X"], 0, None)],
)
def test_electrons_are_counted(symbols: list[str], charge: int, electrons: int | None) -> None:
    assert electron_count(symbols, charge) == electrons
