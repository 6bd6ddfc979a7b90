import numpy as np
import pytest
from tests.quantum_simulator.support_problems import problem, uccsd_of

from quantum_simulator.ansatz.excitation_ansatz import Factor
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.sector.program import Program, TransitionTables, build_program
from quantum_simulator.sector.strings import occupation_strings


def _program(name: str, reps: int) -> Program:
    given = problem(name)
    strings = [occupation_strings(given.num_orbitals, count) for count in (given.num_alpha, given.num_beta)]
    return build_program(given.num_orbitals, uccsd_of(given, reps).factors, TransitionTables(*strings))


def _table_bytes(program: Program) -> int:
    tables = (program.source, program.target, program.alpha_source, program.alpha_target, program.alpha_sign)
    return sum(table.nbytes for table in tables)


def test_trotter_steps_share_their_pairs() -> None:
    once, often = _program("H2O", 1), _program("H2O", 10)
    assert len(often.pair_start) == 10 * len(once.pair_start)
    assert _table_bytes(often) == _table_bytes(once)


def test_mixed_doubles_share_the_pairs_of_their_beta_singles() -> None:
    program = _program("H2O", 1)
    given = problem("H2O")
    singles = given.num_beta * (given.num_orbitals - given.num_beta)
    width, runs = program.beta_width, np.repeat(program.kind, np.diff(program.first_factor))
    mixed = program.pair_start[runs == 2]
    assert len(mixed) == singles**2
    assert len(set(mixed.tolist())) == singles
    assert program.source.max() < 2 * width


@pytest.mark.parametrize(
    ("excitation", "reason"),
    [
        (Excitation((0,), (4,)), "turns a spin"),
        (Excitation((0,), (9,)), "is not of 3 orbitals"),
        (Excitation((0, 3), (1, 3)), "moves an orbital to itself"),
    ],
)
def test_excitations_that_the_sector_cannot_hold_are_refused(excitation: Excitation, reason: str) -> None:
    strings = occupation_strings(3, 1)
    with pytest.raises(ValueError, match=reason):
        build_program(3, [Factor(excitation, 0)], TransitionTables(strings, strings))
