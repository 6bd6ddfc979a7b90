import io
import json

import pytest
from rich.console import Console
from tests.quantum_simulator.support_results import result

from quantum_simulator.summary import as_json, show, summary

H2 = summary(result(), "H2", "lake/experiments/a.avro")
WITHOUT_REFERENCE = summary(result(reference_energy=None, hf_energy=None), "[bold]CH4")


def shown(terminal: bool, width: int = 80) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=width)
    show([H2, WITHOUT_REFERENCE], console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_summary_tells_what_the_result_says() -> None:
    assert (H2.molecule, H2.basis_set, H2.backend, H2.num_qubits, H2.iterations) == (
        "H2",
        "sto3g",
        "exact_sector",
        4,
        2,
    )
    assert (H2.energy, H2.hf_energy, H2.reference_energy) == (-1.1372, -1.1167, -1.1373)
    assert H2.error_mha == pytest.approx(0.1)
    assert (H2.vqe_time, H2.total_time, H2.run_id, H2.success) == (0.01, 0.2, "a-run", True)
    assert WITHOUT_REFERENCE.error_mha is None


def test_json_has_what_machines_rely_on() -> None:
    first, second = json.loads(as_json([H2, WITHOUT_REFERENCE]))
    promised = (
        "molecule basis_set num_qubits energy hf_energy reference_energy error_mha iterations vqe_time total_time"
    )
    assert {*promised.split(), "run_id"} <= first.keys() == second.keys()
    assert (first["energy"], second["reference_energy"]) == (-1.1372, None)
    assert json.loads(as_json([])) == []


def test_plain_lines_are_aligned_and_free_of_escapes() -> None:
    header, first, second = shown(terminal=False).splitlines()
    assert header.split() == "molecule qubits energy/Ha HF/Ha reference/Ha error/mHa iterations seconds".split()
    assert first.split() == ["H2", "4", "-1.137200", "-1.116700", "-1.137300", "0.100", "2", "0.20"]
    assert second.split() == ["[bold]CH4", "4", "-1.137200", "-", "-", "-", "2", "0.20"]
    assert len(header) == len(first) == len(second)


def test_a_terminal_gets_a_table_with_the_same_cells() -> None:
    table = shown(terminal=True)
    assert "\x1b[" in table
    assert "[bold]CH4" in table
    for cell in ("-1.137200", "-1.116700", "0.100", "0.20"):
        assert cell in table


def test_a_terminal_too_narrow_for_the_table_gets_every_digit_all_the_same() -> None:
    assert shown(terminal=True, width=40) == shown(terminal=False)
