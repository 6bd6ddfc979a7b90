"""Runs that people gave up on, or waited days for, as public threads tell them; computed again and timed.

    OMP_NUM_THREADS=1 PYTHONPATH=contracts:simulator:bench python bench/given_up.py [--docs] [--only 1231 5747]

Times are of one process on one thread, from the geometry to the result, reference energy included; first-time
compilation of the kernels is not (run it twice). Energies are compared with FCI in the same active space (CASCI).
"""

import argparse
import json
import platform
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from quantum_contracts.v2 import MoleculeInfo, VQEDecoratedResult
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.backends.exact import ExactBackend
from quantum_simulator.commands import Simulate
from quantum_simulator.electronic.active_space import ActiveSpace
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.experiment import Experiment, compute
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.optimisation.initial_point import mp2_point
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.vqe import run_vqe
from simulator.report import put_into

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results" / "given_up.jsonl"
PAGE = ROOT / "docs" / "benchmarks.md"
DISTANCES = (*np.arange(1.0, 2.45, 0.1).round(1).tolist(), *np.arange(2.5, 4.3, 0.25).tolist(), 4.5)  # angstrom
DOUBLES = 200
EVALUATIONS = 1500


@dataclass(frozen=True)
class Outcome:
    """What came of one run, and what the thread says of it."""

    thread: str  # repository and number
    run: str
    there_seconds: float  # as the thread tells
    there: str  # the same in its words
    qubits: int
    parameters: int
    evaluations: int
    seconds: float
    error: float  # hartree, above FCI; the largest of a curve


def sodium_hydride() -> list[Outcome]:
    """The tutorial of the thread: NaH in STO-3G at 24 distances, frozen core, parity mapping, UCCSD, SLSQP.

    Source: qiskit-community/qiskit-community-tutorials, chemistry/nah_uccsd.ipynb. Its core are sodium's ten electrons.
    """
    settings = Simulate(active_electrons=2, mapper="parity", optimizer="SLSQP")
    begin = time.perf_counter()
    results: list[VQEDecoratedResult] = []
    neighbour: Experiment | None = None
    for distance in DISTANCES:
        neighbour = compute(_diatomic("NaH", ["Na", "H"], distance), settings, neighbour=neighbour)
        results.append(neighbour.result)
    seconds = time.perf_counter() - begin
    return [
        Outcome(
            thread="Qiskit/qiskit-tutorials#372",
            run=f"NaH, {len(DISTANCES)} distances, frozen core, parity mapping, UCCSD, SLSQP",
            there_seconds=33 * 3600.0,
            there="about 33 hours",
            qubits=results[0].vqe_result.initial_data.num_qubits,
            parameters=results[0].vqe_result.initial_data.num_parameters,
            evaluations=sum(result.vqe_result.nfev or 0 for result in results),
            seconds=seconds,
            error=max(_error(result) for result in results),
        )
    ]


def lithium_hydride() -> list[Outcome]:
    """LiH in STO-3G at 1.5 angstrom, all electrons, Jordan-Wigner mapping, UCCSD."""
    begin = time.perf_counter()
    result = compute(_diatomic("LiH", ["Li", "H"], 1.5), Simulate(optimizer="SLSQP")).result
    seconds = time.perf_counter() - begin
    return [
        _of_result(
            "qiskit-community/qiskit-nature#1231",
            "LiH at 1.5 Å, Jordan-Wigner mapping, UCCSD, SLSQP",
            (2000.0, "about 2,000 s"),
            result,
            seconds,
        )
    ]


def ten_in_ten() -> list[Outcome]:
    """A CAS(10,10) with 200 doubles, by COBYLA as in the thread, and with gradients.

    The thread does not name its molecule nor which doubles it kept: N2 in 6-31G, and the 200 with the largest MP2
    amplitudes.
    """
    outcomes = []
    for optimizer in (Optimizer("COBYLA", max_iterations=EVALUATIONS), Optimizer("L-BFGS-B")):
        begin = time.perf_counter()
        problem = electronic_problem(built_in("N2").info, "6-31g", ActiveSpace(electrons=10, orbitals=10))
        ansatz = _largest_doubles(problem)
        outcome = run_vqe(ExactBackend(problem, ansatz), mp2_point(problem, ansatz), optimizer)
        seconds = time.perf_counter() - begin
        reference = fci_reference(problem).energy
        assert reference is not None, "CAS(10,10) is small enough for FCI"
        outcomes.append(
            Outcome(
                thread="Qiskit/qiskit-metapackage#665",
                run=f"CAS(10,10) of N2 in 6-31G, {DOUBLES} doubles, {optimizer.name}",
                there_seconds=30 * 3600.0,
                there="30 hours to 7 days",
                qubits=problem.num_qubits,
                parameters=ansatz.num_parameters,
                evaluations=outcome.nfev,
                seconds=seconds,
                error=outcome.energy - reference,
            )
        )
    return outcomes


def water() -> list[Outcome]:
    """22 qubits and 1,424 parameters: 8 electrons in 12 orbitals, parity mapping with two qubits less.

    The part of the thread that names its molecule is not known here; H2O in 6-31G with a frozen core has its numbers.
    The thread tells of one evaluation, and its optimiser takes as many as there are parameters for one gradient.
    """
    settings = Simulate(frozen_core=True, basis="6-31g", mapper="parity")
    begin = time.perf_counter()
    result = compute(built_in("H2O"), settings).result
    seconds = time.perf_counter() - begin
    gradient = result.vqe_result.initial_data.num_parameters + 1
    return [
        _of_result(
            "Qiskit/qiskit#5747",
            "H2O in 6-31G, frozen core, parity mapping, UCCSD, L-BFGS-B",
            (300.0 * gradient, f"300 s an evaluation, so {300 * gradient / 86400:.1f} days a gradient"),
            result,
            seconds,
        )
    ]


RUNS: dict[str, Callable[[], list[Outcome]]] = {
    "372": sodium_hydride,
    "1231": lithium_hydride,
    "665": ten_in_ten,
    "5747": water,
}


def _diatomic(name: str, symbols: list[str], distance: float) -> Molecule:
    places = [[0.0, 0.0, 0.0], [0.0, 0.0, distance]]
    return Molecule(name, MoleculeInfo(symbols=symbols, coords=places, multiplicity=1, charge=0, units="angstrom"))


def _largest_doubles(problem: ElectronicProblem) -> ExcitationAnsatz:
    whole = uccsd(problem.num_orbitals, problem.num_alpha, problem.num_beta)
    doubles = [factor.parameter for factor in whole.factors if len(factor.excitation.occupied) == 2]
    amplitudes = np.abs(mp2_point(problem, whole))
    chosen = sorted(sorted(doubles, key=lambda parameter: -amplitudes[parameter])[:DOUBLES])
    factors = tuple(Factor(whole.factors[old].excitation, new) for new, old in enumerate(chosen))
    return ExcitationAnsatz("UCCD", whole.num_orbitals, whole.num_alpha, whole.num_beta, factors, len(factors))


def _error(result: VQEDecoratedResult) -> float:
    """Above FCI, hartree."""
    assert result.reference_energy is not None, "every run here is small enough for FCI"
    return result.vqe_result.minimum - result.reference_energy


def _of_result(thread: str, run: str, there: tuple[float, str], result: VQEDecoratedResult, seconds: float) -> Outcome:
    return Outcome(
        thread=thread,
        run=run,
        there_seconds=there[0],
        there=there[1],
        qubits=result.vqe_result.initial_data.num_qubits,
        parameters=result.vqe_result.initial_data.num_parameters,
        evaluations=result.vqe_result.nfev or 0,
        seconds=seconds,
        error=_error(result),
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """As Markdown."""
    lines = [
        f"Measured by `python bench/given_up.py {shlex.join(sys.argv[1:])}` on one thread of {platform.machine()}, "
        f"Python {platform.python_version()}.",
        "",
        "| thread | run | qubits | parameters | there | here, s | evaluations | above FCI, mHa |",
        "|---|---|---:|---:|---|---:|---:|---:|",
    ]
    lines += [
        f"| {outcome.thread} | {outcome.run} | {outcome.qubits} | {outcome.parameters:,} | {outcome.there} "
        f"| {outcome.seconds:.3g} | {outcome.evaluations:,} | {outcome.error * 1e3:.3f} |"
        for outcome in outcomes
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=list(RUNS), choices=list(RUNS), help="threads by number")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of JSON lines")
    parser.add_argument("--docs", action="store_true", help="put the table into the docs")
    options = parser.parse_args()
    outcomes = [outcome for number in options.only for outcome in RUNS[number]()]
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text("".join(json.dumps(asdict(outcome)) + "\n" for outcome in outcomes), "utf-8")
    print(table(outcomes))
    if options.docs:
        put_into(PAGE, "given up", table(outcomes))


if __name__ == "__main__":
    main()
