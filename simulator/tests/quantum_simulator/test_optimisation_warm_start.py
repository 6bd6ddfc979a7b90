from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantum_contracts.errors import UsageError
from quantum_contracts.lake import Lake
from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.commands import Simulate
from quantum_simulator.experiment import compute
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.sinks.file import FileSink


def hydrogen_chain(distance: float) -> Molecule:
    """Four hydrogen atoms in a row, `distance` angstrom from one to the next."""
    coords = [[0.0, 0.0, distance * k] for k in range(4)]
    info = MoleculeInfo(symbols=["H"] * 4, coords=coords, multiplicity=1, charge=0, units="angstrom")
    return Molecule("H4", info)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake with a chain at 1.0 and one at 1.1 angstrom, in this order."""
    sink = FileSink(Lake(tmp_path).experiments, TOPIC_BY_VERSION["v2"])
    sink.prepare()
    for run, distance in (("first", 1.0), ("second", 1.1)):
        sink.deliver(compute(hydrogen_chain(distance), Simulate(lake=tmp_path), run_id=run).result)
    return tmp_path


def test_an_optimisation_starts_from_the_run_that_is_named(lake: Path) -> None:
    cold = compute(hydrogen_chain(1.02), Simulate(lake=lake)).result.vqe_result
    warm = compute(hydrogen_chain(1.02), Simulate(lake=lake, warm_start="first")).result.vqe_result
    assert warm.initial_data.init_strategy == "run first"
    assert warm.minimum == pytest.approx(cold.minimum, abs=1e-6)
    assert warm.iteration_list[0].result < cold.iteration_list[0].result
    assert len(warm.iteration_list) < len(cold.iteration_list)


def test_latest_is_the_newest_that_fits(lake: Path) -> None:
    latest = compute(hydrogen_chain(1.12), Simulate(lake=lake, warm_start="latest")).result.vqe_result
    named = compute(hydrogen_chain(1.12), Simulate(lake=lake, warm_start="second")).result.vqe_result
    assert latest.initial_data.init_strategy == "run second"
    np.testing.assert_array_equal(latest.initial_data.initial_parameters, named.initial_data.initial_parameters)


def test_a_file_that_cannot_be_read_is_passed_over(lake: Path) -> None:
    folder = lake / "experiments/vqe_decorated_result_v2/partition=0"
    (folder / "vqe_decorated_result_v2+0+0000000009.avro").write_bytes(b"Obj\x01 broken")
    latest = compute(hydrogen_chain(1.0), Simulate(lake=lake, warm_start="latest")).result.vqe_result
    assert latest.initial_data.init_strategy == "run second"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"warm_start": "third"}, "holds no run of that id"),
        (
            {"warm_start": "first", "ansatz_reps": 2},
            "that run is 1 x UCCSD of HHHH, charge 0, multiplicity 1, in sto3g",
        ),
        ({"warm_start": "latest", "basis": "6-31g"}, "holds no result of 1 x UCCSD of HHHH"),
        ({"warm_start": "latest", "active_electrons": 2}, r"holds no result of 1 x UCCSD CAS\(2e,3o\) of HHHH"),
    ],
)
def test_what_does_not_fit_is_told(lake: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        compute(hydrogen_chain(1.0), Simulate(lake=lake, **changes))


def test_an_empty_lake_has_nothing_to_start_from(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--warm-start latest: .* holds no result of 1 x UCCSD of HH"):
        compute(built_in("H2"), Simulate(lake=tmp_path, warm_start="latest"))
