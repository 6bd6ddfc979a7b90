"""Load many experiments into the feature tables, then a few more: seconds, peak memory, bytes on disk.

    python bench/features_load.py [--experiments 2000] [--iterations 300] [--parameters 20] [--increment 40]

Each batch runs in a process of its own, whose peak resident memory the system tells; the claim is under 2 GB.
"""

import argparse
import multiprocessing
import platform
import resource
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from quantum_contracts import v2
from quantum_contracts.container import write_container
from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile

LIMIT_BYTES = 2 * 10**9
QUBITS, TERMS = 4, 100


def result(generator: np.random.Generator, run_id: str, iterations: int, parameters: int) -> v2.VQEDecoratedResult:
    """One experiment of random numbers."""
    points = generator.normal(size=(iterations, parameters))
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
                num_parameters=parameters,
                initial_parameters=points[0],
                optimizer="L-BFGS-B",
                ansatz="OPENQASM 3.0;\n" + "rz(pi/2) q[0];\ncx q[0], q[1];\n" * 1_000,
                ansatz_reps=1,
                noise_backend="none",
                default_shots=0,
            ),
            iteration_list=[
                v2.VQEProcess(iteration=step, parameters=point, result=energy, std=0.0, elapsed=step * 1e-3)
                for step, (point, energy) in enumerate(zip(points, generator.normal(size=iterations), strict=True))
            ],
            minimum=-1.137,
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
        run_id=run_id,
    )


def land(lake: Lake, first: int, count: int, iterations: int, parameters: int) -> None:
    """Put `count` landing files of one experiment each into the lake."""
    generator = np.random.default_rng(first)
    for offset in range(first, first + count):
        file = LandingFile("vqe_decorated_result_v2", 0, offset)
        path = lake.experiments / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as opened:
            write_container(opened, [result(generator, f"{offset:032x}", iterations, parameters)])


def measure(lake: Lake, answer: Connection) -> None:
    """Process the lake; send rows, seconds of imports and of the batch, and the peak memory in bytes."""
    began = time.perf_counter()
    from quantum_features.batch import process
    from quantum_features.settings import FeaturesSettings

    imported = time.perf_counter()
    report = process(lake, FeaturesSettings())
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    answer.send((dict(report.rows), imported - began, done - imported, peak))


def in_a_process(lake: Lake) -> tuple[dict[str, int], float, float, int]:
    """Run `measure` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=measure, args=(lake, sending))
    process.start()
    measured: tuple[dict[str, int], float, float, int] = receiving.recv()
    process.join()
    return measured


def size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("experiments", 2000), ("iterations", 300), ("parameters", 20), ("increment", 40)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, help="where the lake is made; default: the system's temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        lake = Lake(Path(folder))
        print(f"{platform.platform()}, Python {platform.python_version()}")
        first = 0
        for count in (options.experiments, options.increment, 0):
            land(lake, first, count, options.iterations, options.parameters)
            first += count
            rows, imports, seconds, peak = in_a_process(lake)
            print(
                f"+{count} experiments, {sum(rows.values()):,} rows: {seconds:.1f} s and {imports:.1f} s of imports, "
                f"peak {peak / 1e9:.2f} GB"
            )
            if peak > LIMIT_BYTES:
                raise SystemExit(f"more than {LIMIT_BYTES / 1e9} GB")
        landed, written = size_bytes(lake.experiments), size_bytes(lake.warehouse)
        print(f"landing files {landed / 1e6:.0f} MB, tables {written / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
