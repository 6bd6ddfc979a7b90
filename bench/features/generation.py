"""Small landing files by the hundred thousand: each sample is encoded once, and copies are patched to be experiments of
their own.

A copy differs from its sample in `run_id` (v2) and in the lowest energy found (both versions; in v1 the experiment's
identity is a hash of all that the record holds). Both have a fixed length in Avro, so nothing else moves.
"""

import io
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from quantum_contracts import v2
from quantum_contracts.container import write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.landing import LandingFile

TOPICS = {"v1": "vqe_decorated_result_v1", "v2": "vqe_decorated_result_v2"}
SAMPLES = 16  # of each version
QUBITS, TERMS = 4, 15  # H2 in STO-3G, by Jordan-Wigner
MARK_ENERGY = -1.2345678901234567
MARK_RUN_ID = "run-id-of-a-sample-to-be-patched"


@dataclass(frozen=True)
class Shape:
    """How large an experiment is."""

    steps: int = 5
    parameters: int = 3


@dataclass(frozen=True)
class Sample:
    """A container file of one result, and where the copies differ."""

    content: bytes
    energy_at: int
    run_id_at: int | None  # None in v1

    def copy(self, number: int) -> bytes:
        """The file of the experiment of this number."""
        content = bytearray(self.content)
        struct.pack_into("<d", content, self.energy_at, -1.0 - number * 1e-9)
        if self.run_id_at is not None:
            content[self.run_id_at : self.run_id_at + len(MARK_RUN_ID)] = f"{number:0{len(MARK_RUN_ID)}x}".encode()
        return bytes(content)


@cache
def samples(version: str, shape: Shape) -> list[Sample]:
    """Samples of random numbers, the same ones every time."""
    generator = np.random.default_rng(0)
    return [_sample(result(generator, shape), version) for _ in range(SAMPLES)]


def result(generator: np.random.Generator, shape: Shape) -> v2.VQEDecoratedResult:
    """One experiment of random numbers."""
    points = generator.normal(size=(shape.steps, shape.parameters))
    labels = generator.choice(list("IXYZ"), size=(TERMS, QUBITS))
    return v2.VQEDecoratedResult(
        vqe_result=v2.VQEResult(
            initial_data=v2.VQEInitialData(
                backend="exact",
                num_qubits=QUBITS,
                hamiltonian=[
                    v2.HamiltonianTerm(label="".join(label), coefficients=v2.ComplexNumber(real=real, imaginary=0.0))
                    for label, real in zip(labels, generator.normal(size=TERMS), strict=True)
                ],
                num_parameters=shape.parameters,
                initial_parameters=points[0],
                optimizer="L-BFGS-B",
                ansatz="OPENQASM 3.0;\n" + "rz(pi/2) q[0];\ncx q[0], q[1];\n" * 20,
                ansatz_reps=1,
                noise_backend="none",
                default_shots=0,
            ),
            iteration_list=[
                v2.VQEProcess(iteration=step, parameters=point, result=energy, std=0.0)
                for step, (point, energy) in enumerate(zip(points, generator.normal(size=shape.steps), strict=True))
            ],
            minimum=MARK_ENERGY,
            optimal_parameters=points[-1],
            minimization_time=0.1,
        ),
        molecule=v2.MoleculeInfo(
            symbols=["H", "H"], coords=[[0.0, 0.0, 0.0], [0.0, 0.0, 0.74]], multiplicity=1, charge=0, units="angstrom"
        ),
        basis_set="sto3g",
        hamiltonian_time=0.1,
        mapping_time=0.1,
        vqe_time=0.1,
        total_time=0.3,
        molecule_id=0,
        run_id=MARK_RUN_ID,
    )


def _sample(of: v2.VQEDecoratedResult, version: str) -> Sample:
    file = io.BytesIO()
    write_container(file, [to_version(of, version)])
    content = file.getvalue()
    energy, run_id = struct.pack("<d", MARK_ENERGY), MARK_RUN_ID.encode()
    assert content.count(energy) == 1
    assert content.count(run_id) == (version == "v2")
    return Sample(content, content.index(energy), content.index(run_id) if version == "v2" else None)


@dataclass
class Landing:
    """A landing folder that grows: results of both versions in turns, each in a file of its own, one partition each."""

    root: Path
    shape: Shape
    files: int = 0

    def grow(self, to: int) -> None:
        """Land more, until `to` files are there."""
        versions = list(TOPICS)
        for number in range(self.files, to):
            version = versions[number % len(versions)]
            offset = number // len(versions)
            path = self.root / LandingFile(TOPICS[version], 0, offset).path
            if offset == 0:
                path.parent.mkdir(parents=True)
            path.write_bytes(samples(version, self.shape)[offset % SAMPLES].copy(number))
        self.files = max(self.files, to)
