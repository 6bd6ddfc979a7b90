"""Experiments per second, from a sweep's file to rows that a query counts, and where the time goes.

    PYTHONPATH=contracts:simulator:features python bench/throughput.py [sweep|profile|monitoring] [--points N]

`sweep` runs 1,000 small experiments (H2, HeH+, H4, LiH; five geometries each, two optimisers, 25 seeds) as the command
`sweep` does, with all cores, takes them into the tables as one batch, and counts them by SQL. `profile` computes some
of the same points in this process and tells which functions take the time. `monitoring` tells what watching memory
and CPU costs a run.
"""

import argparse
import cProfile
import platform
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from quantum_contracts.container import read_container
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.query import query
from quantum_features.settings import FeaturesSettings
from quantum_simulator.experiment import compute
from quantum_simulator.monitoring.cores import usable_cores
from quantum_simulator.monitoring.monitor import monitor
from quantum_simulator.sinks.destination import FileDestination
from quantum_simulator.sweep.execute import Execution, execute
from quantum_simulator.sweep.grid import Sweep, read_sweep
from quantum_simulator.sweep.journal import SweepJournal, leading
from quantum_simulator.sweep.plan import plan
from quantum_simulator.sweep.progress import display_sweep
from quantum_simulator.sweep.runner import SweepRunner
from quantum_simulator.sweep.sizes import sizes_of

SEEDS_OF_THOUSAND = 25
POINTS_OF_A_SEED = 40
CHAIN = "    - {{name: H4 {0}, symbols: [H, H, H, H], coords: [[0, 0, 0], [0, 0, {0}], [0, 0, {1}], [0, 0, {2}]]}}\n"
SWEEP = """name: throughput
fixed: {{basis: sto3g, init_strategy: random}}
grid:
  molecule:
    - {{name: H2, bond: [0, 1], at: {{from: 0.6, to: 1.4, points: 5}}}}
    - {{name: HeH+, bond: [0, 1], at: {{from: 0.7, to: 1.5, points: 5}}}}
    - {{name: LiH, bond: [0, 1], at: {{from: 1.2, to: 2.0, points: 5}}}}
{chains}  optimizer: [L-BFGS-B, SLSQP]
  seed: {seeds}
"""
COUNT = "SELECT count(*) AS n FROM vqe_results JOIN molecules USING (experiment_id)"


def sweep_of(points: int, folder: Path) -> Sweep:
    """The sweep with as many seeds as give at least `points` points."""
    seeds = list(range(-(-points // POINTS_OF_A_SEED)))
    chains = "".join(CHAIN.format(*(round(n * step, 2) for n in (1, 2, 3))) for step in (0.8, 0.9, 1.0, 1.1, 1.2))
    file = folder / "throughput.yaml"
    file.write_text(SWEEP.format(chains=chains, seeds=seeds))
    return read_sweep(file)


class Stages:
    """Wall-clock seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


def run_sweep(points: int) -> None:
    stages = Stages()
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")
        with stages.stage("read and check the sweep"):
            sweep = sweep_of(points, Path(folder))
            sizes = sizes_of(sweep.points)
        journal = SweepJournal.of(lake, sweep.name)
        with leading(journal), display_sweep(Console(stderr=True), len(sweep.points)) as progress:
            runner = SweepRunner(
                lake,
                journal,
                FileDestination(lake.experiments),
                usable_cores(),
                lambda p: sizes[p.point_id].bytes_needed,
                progress,
            )
            runner.prepare(sweep.points)
            with stages.stage("compute, stage and land"):
                delivered, failed, _ = runner.run(plan(sweep.points, journal))
        assert not failed, failed
        with stages.stage("batch into the tables"):
            process(lake, FeaturesSettings())
        with stages.stage("count them by SQL"), query(lake, COUNT) as rows:
            [counted] = rows.read_all()["n"].to_pylist()
        assert counted == len(sweep.points) == len(delivered), counted
        tell_experiments(lake, stages.seconds["compute, stage and land"] * usable_cores(), len(delivered))
    total = sum(stages.seconds.values())
    print(f"\n{'stage, wall clock':32}{'s':>9}{'share':>8}")
    for name, seconds in stages.seconds.items():
        print(f"{name:32}{seconds:9.2f}{seconds / total:8.0%}")
    print(f"{'all':32}{total:9.2f}\n\n{counted} experiments, {counted / total:.1f} per second from file to row")


def tell_experiments(lake: Lake, core_seconds: float, count: int) -> None:
    """What the experiments say of themselves, and what of the workers' time they do not know of."""
    sums = dict.fromkeys(("Hartree-Fock, integrals", "qubit operator", "VQE", "circuit, tables, reference"), 0.0)
    for path in lake.experiments.rglob("*.avro"):
        with path.open("rb") as file:
            [experiment] = read_container(file)
        result = experiment.result
        own = (result.hamiltonian_time, result.mapping_time, result.vqe_time)
        for name, seconds in zip(sums, (*own, result.total_time - sum(own)), strict=True):
            sums[name] += seconds
    sums["start of workers, writing, waiting"] = core_seconds - sum(sums.values())
    print(f"{'of the workers, per experiment':36}{'ms':>8}{'share':>8}")
    for name, seconds in sums.items():
        print(f"{name:36}{1e3 * seconds / count:8.2f}{seconds / core_seconds:8.0%}")


def run_profile(points: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sweep = sweep_of(points, Path(folder))
        lake = Lake(Path(folder) / "lake")
        journal = SweepJournal.of(lake, sweep.name)
        executions = [Execution(p, journal.staged_file(p.point_id), lake.experiments) for p in sweep.points]
        step = max(1, len(executions) // points)
        chosen = executions[::step]
        for execution in executions[1 :: POINTS_OF_A_SEED // 4]:  # compile, import and cache
            execute(execution)
        start = time.process_time()
        with cProfile.Profile(time.process_time) as profile:  # other programs do not count
            for execution in chosen:
                execute(execution)
    print(f"{len(chosen)} points, {1e3 * (time.process_time() - start) / len(chosen):.2f} ms of CPU each, profiled\n")
    pstats.Stats(profile).sort_stats("cumulative").print_stats("quantum_|pyscf|importlib|threadpoolctl", 50)


def best_of(rounds: int, way: Callable[[], object]) -> float:
    """The least seconds of CPU."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        way()
        times.append(time.process_time() - start)
    return min(times)


def run_monitoring(_points: int) -> None:
    def watched() -> None:
        with monitor() as monitored:
            pass
        monitored.resources()

    with tempfile.TemporaryDirectory() as folder:
        points = sweep_of(POINTS_OF_A_SEED, Path(folder)).points
    watching = best_of(200, watched)
    print(f"begin and end of watching: {1e6 * watching:.0f} microseconds of CPU")
    for name in ("H2 0-1=0.8", "H4 0.9", "LiH 0-1=1.6"):
        point = next(point for point in points if point.molecule.name == name)
        seconds = best_of(20, lambda: compute(point.molecule, point.settings))  # noqa: B023  # called at once
        print(f"{name:12}{1e3 * seconds:8.2f} ms for the whole experiment, of which {watching / seconds:.2%}")


MODES: dict[str, tuple[Callable[[int], None], int]] = {
    "sweep": (run_sweep, SEEDS_OF_THOUSAND * POINTS_OF_A_SEED),
    "profile": (run_profile, 100),
    "monitoring": (run_monitoring, 0),
}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", nargs="?", choices=MODES, default="sweep")
    parser.add_argument("--points", type=int, help="about how many experiments (default: 1,000; 100 in the profile)")
    options = parser.parse_args(argv)
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pyscf", "numba", "pyiceberg"))
    print(f"# {packages}, Python {platform.python_version()}, {platform.machine()}, {usable_cores()} cores")
    print(f"# command: python {' '.join(sys.argv)}\n")
    run, points = MODES[options.mode]
    run(options.points or points)


if __name__ == "__main__":
    main()
