"""What is measured of one peer on one molecule: a line of the results file and a row of the table."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Row:
    """Times are the best of all rounds, in seconds; energies are in hartree."""

    part: str  # "molecules" or "chain"
    molecule: str
    qubits: int
    peer: str
    versions: Mapping[str, str] = field(default_factory=dict)
    circuit: str = ""
    gradient: str = ""  # how it is made: "exact", or "differences" of energies
    parameters: int = 0
    fci_energy: float | None = None
    checked: str = ""  # what its energy was compared with
    energy_error: float | None = None
    gradient_error: float | None = None
    ready_seconds: float | None = None  # set-up and the first energy and gradient, compilation included
    energy_seconds: float | None = None
    gradient_seconds: float | None = None  # the energy and all derivatives
    accuracy_seconds: float | None = None  # from integrals to within 1.6 mHa of FCI
    accuracy_seconds_spent: float | None = None
    accuracy_energy: float | None = None
    accuracy_ended: str = ""
    evaluations: int | None = None
    memory_bytes: int | None = None
    threads: float | None = None  # processor time over wall time
    failure: str = ""  # why what is missing is missing


def write_rows(path: Path, command: str, machine: str, rows: Iterable[Row]) -> None:
    """JSON lines: first the command and the machine, then the rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [{"command": command, "machine": machine}, *(asdict(row) for row in rows)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def read_rows(path: Path) -> tuple[str, str, list[Row]]:
    """Command, machine and rows."""
    head, *lines = map(json.loads, path.read_text("utf-8").splitlines())
    return head["command"], head["machine"], [Row(**line) for line in lines]
