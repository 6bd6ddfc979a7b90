"""All peers on one molecule: each one's energy is checked, then they take turns in every round."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.environments import OURS, PeerKind
from simulator.judge import efficient_su2_energy
from simulator.molecules import Case
from simulator.rows import Row
from simulator.worker import PeerError, Worker

ENERGY_TOLERANCE = 1e-6  # hartree; the table tells how far each is off
GRADIENT_TOLERANCE = 1e-5  # hartree per radian
CHEMICAL_ACCURACY = 1.6e-3  # hartree
SLOW_SECONDS = 1.0  # a peer with calls longer than this takes part in the first rounds only
SLOW_ROUNDS = 2
OWN_ANGLES = 0.1  # radians, of ansätze whose cost grows with their angles
STEP = 1e-4  # radians, of the differences that judge a gradient


@dataclass(frozen=True)
class Plan:
    """How much of everything is measured. Seconds."""

    rounds: int
    slice_seconds: float  # a peer's turn is as many calls as fit into this, at least one
    limit_seconds: float  # of one request; what takes longer is not waited for
    optimise_seconds: float  # of the optimisation; 0 leaves it out
    optimise_rounds: int = 10


class _Contestant:
    """One peer at work on the molecule, its row, and what it is asked with."""

    def __init__(self, worker: Worker, row: Row, plan: Plan) -> None:
        self.worker, self.row, self.plan = worker, row, plan
        self.alive, self.angles = True, np.empty(0)

    def ask(self, do: str, limit: float | None = None, **arguments: Any) -> dict[str, Any] | None:
        """The reply, or None where the peer has failed now or before; the row then says why."""
        if not self.alive:
            return None
        try:
            return self.worker.ask(do, limit or self.plan.limit_seconds, **arguments)
        except PeerError as error:
            self.count_out(f"{do}: {error}")
            return None

    def count_out(self, why: str) -> None:
        """The peer is out, and its process ends now: the others need the memory."""
        self.alive, self.row.failure = False, why
        self.worker.stop()

    def energy(self, angles: NDArray[np.float64], seconds: float = 0.0) -> dict[str, Any] | None:
        return self.ask("energy", parameters=angles.tolist(), seconds=seconds)

    def gradient(self, angles: NDArray[np.float64], seconds: float = 0.0) -> dict[str, Any] | None:
        return self.ask("gradient", parameters=angles.tolist(), seconds=seconds)


def compare(
    part: str, case: Case, peers: Sequence[PeerKind], plan: Plan, fci_energy: float | None, tell: Callable[[str], None]
) -> list[Row]:
    """A row for each peer; the first one must be ours, which the others' circuits are checked against."""
    assert peers[0] == OURS, "ours comes first"
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.npz"
        case.task.save(path)
        contestants = []
        for peer in peers:
            tell(f"{case.name}: {peer.name} opens")
            row = Row(part, case.name, case.task.num_qubits, peer.name, fci_energy=fci_energy)
            contestant = _Contestant(stack.enter_context(Worker(peer)), row, plan)
            contestants.append(contestant)
            _open(contestant, path, case)
            _check(contestant, contestants[0], case)
        _evaluate([each for each in contestants if each.alive], tell)
        if plan.optimise_seconds and fci_energy is not None:
            _optimise([each for each in contestants if each.alive], fci_energy + CHEMICAL_ACCURACY, tell)
        for contestant in contestants:
            _note_memory(contestant)
    return [contestant.row for contestant in contestants]


def _open(contestant: _Contestant, path: Path, case: Case) -> None:
    row = contestant.row
    row.versions = contestant.worker.versions
    opened = contestant.ask("open", task=str(path))
    if opened is None:
        return
    row.ready_seconds, row.parameters = opened["seconds"], opened["num_parameters"]
    row.circuit, row.gradient = opened["circuit"], opened["gradient"]
    random = np.random.default_rng(case.task.num_qubits)
    if row.circuit == "same":
        contestant.angles = random.uniform(-np.pi, np.pi, row.parameters)
    else:
        contestant.angles = random.normal(scale=OWN_ANGLES, size=row.parameters)


def _check(contestant: _Contestant, ours: _Contestant, case: Case) -> None:
    """Fill in how far its energy and its gradient are off, and count it out if that is too far."""
    row, angles = contestant.row, contestant.angles
    if row.circuit == "same":
        reference = ours.energy(angles)
        row.checked, expected = "ours at random angles", reference["energy"] if reference else np.nan
    elif row.circuit == "EfficientSU2":
        row.checked, expected = "its circuit by Aer at random angles", efficient_su2_energy(case.task, angles)
    else:
        row.checked, angles, expected = "Hartree-Fock at zero angles", np.zeros(row.parameters), case.task.hf_energy
    found = contestant.energy(angles)
    _note_memory(contestant)
    if found is None:
        return
    _add_to_ready(row, found["seconds"])
    row.energy_error = error = abs(float(found["energy"]) - expected)
    if not error < ENERGY_TOLERANCE:
        contestant.count_out(f"its energy is off by {error:.1e} hartree")
        return
    if row.gradient == "exact":
        _check_gradient(contestant)


def _check_gradient(contestant: _Contestant) -> None:
    """Against central differences of its own energy, which is right, along a random direction."""
    angles = contestant.angles
    direction = np.random.default_rng(1).normal(size=len(angles))
    direction /= np.linalg.norm(direction)
    found = contestant.gradient(angles)
    if found is not None:
        _add_to_ready(contestant.row, found["seconds"])
    forth, back = (contestant.energy(angles + sign * STEP * direction) for sign in (1.0, -1.0))
    if found is None or forth is None or back is None:
        return
    slope = (forth["energy"] - back["energy"]) / (2.0 * STEP)
    contestant.row.gradient_error = error = abs(float(np.dot(found["gradient"], direction)) - slope)
    if not error < GRADIENT_TOLERANCE:
        contestant.count_out(f"its gradient is off by {error:.1e} hartree per radian")


def _evaluate(contestants: Sequence[_Contestant], tell: Callable[[str], None]) -> None:
    for turn in range(contestants[0].plan.rounds if contestants else 0):
        for contestant in contestants:
            row, seconds = contestant.row, contestant.plan.slice_seconds
            tell(f"{row.molecule}: {row.peer}, round {turn + 1}")
            if not (turn >= SLOW_ROUNDS and (row.energy_seconds or 0.0) > SLOW_SECONDS):
                found = contestant.energy(contestant.angles, seconds)
                if found is not None:
                    row.energy_seconds = _least(row.energy_seconds, found["seconds"])
                    row.threads = max(row.threads or 0.0, found["threads"])
            if row.gradient == "exact" and not (turn >= SLOW_ROUNDS and (row.gradient_seconds or 0.0) > SLOW_SECONDS):
                found = contestant.gradient(contestant.angles, seconds)
                if found is not None:
                    row.gradient_seconds = _least(row.gradient_seconds, found["seconds"])
                    row.threads = max(row.threads or 0.0, found["threads"])
    for row in (contestant.row for contestant in contestants):
        if row.gradient == "differences" and row.energy_seconds is not None:
            row.gradient_seconds = (row.parameters + 1) * row.energy_seconds  # SciPy's forward differences


def _optimise(contestants: Sequence[_Contestant], target: float, tell: Callable[[str], None]) -> None:
    """From the integrals to `target`, hartree; repeated where it is quick."""
    for turn in range(contestants[0].plan.optimise_rounds if contestants else 0):
        for contestant in contestants:
            row, seconds = contestant.row, contestant.plan.optimise_seconds
            if turn and (row.accuracy_seconds or np.inf) > SLOW_SECONDS:
                continue
            tell(f"{row.molecule}: {row.peer} optimises")
            found = contestant.ask("optimise", 2.0 * seconds, target=target, seconds=seconds)
            if found is None:
                row.accuracy_ended = f"over {2.0 * seconds:g} s"
                continue
            row.accuracy_ended, row.accuracy_energy = found["ended"], found["energy"]
            row.evaluations, row.accuracy_seconds_spent = found["evaluations"], found["seconds"]
            if found["reached_after"] is not None:
                row.accuracy_seconds = _least(row.accuracy_seconds, found["reached_after"])


def _add_to_ready(row: Row, seconds: float) -> None:
    assert row.ready_seconds is not None, "the peer was opened before"
    row.ready_seconds += seconds


def _note_memory(contestant: _Contestant) -> None:
    found = contestant.ask("memory")
    if found is not None:
        contestant.row.memory_bytes = found["bytes"]


def _least(known: float | None, found: float) -> float:
    return found if known is None else min(known, found)


def failed(rows: Iterable[Row]) -> set[str]:
    """The peers that did not come through, so that a larger molecule need not try them."""
    return {row.peer for row in rows if row.failure}
