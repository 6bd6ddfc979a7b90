import io
from pathlib import Path

import pytest

from features.generation import SAMPLES, TERMS, Landing, Shape, samples
from quantum_contracts.container import Experiment, read_container
from quantum_contracts.landing import LandingFile


def read(content: bytes) -> Experiment:
    [experiment] = read_container(io.BytesIO(content))
    return experiment


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_copies_of_a_sample_are_experiments_of_their_own_that_the_contracts_decoder_reads(version: str) -> None:
    experiments = [read(samples(version, Shape())[0].copy(number)) for number in (0, 1, 99_999)]
    assert [experiment.version for experiment in experiments] == [version] * 3
    assert len({experiment.experiment_id for experiment in experiments}) == 3
    energies = [experiment.result.vqe_result.minimum for experiment in experiments]
    assert energies == pytest.approx([-1.0, -1.000000001, -1.000099999], abs=1e-12)


def test_a_copy_differs_from_its_sample_in_nothing_but_identity_and_energy() -> None:
    sample = samples("v2", Shape(steps=7, parameters=4))[3]
    original, copy = read(sample.content).result, read(sample.copy(7)).result
    changed = copy.model_dump()
    changed["run_id"] = original.run_id
    changed["vqe_result"]["minimum"] = original.vqe_result.minimum
    assert changed == original.model_dump()
    assert len(copy.vqe_result.iteration_list) == 7
    assert copy.vqe_result.initial_data.num_parameters == 4
    assert len(copy.vqe_result.initial_data.hamiltonian) == TERMS


def test_samples_are_the_same_every_time_and_differ_from_each_other() -> None:
    bodies = {read(sample.content).result.vqe_result.optimal_parameters[0] for sample in samples("v1", Shape())}
    assert len(bodies) == SAMPLES


def test_a_landing_folder_grows_by_both_versions_in_turns_and_no_experiment_comes_twice(tmp_path: Path) -> None:
    landing = Landing(tmp_path, Shape())
    landing.grow(5)
    landing.grow(40)
    paths = sorted(path for path in tmp_path.rglob("*.avro"))
    assert landing.files == len(paths) == 40
    files = [file for path in paths if (file := LandingFile.parse(path.name))]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [str(file.path) for file in files]
    assert [file.offset for file in files] == [*range(20), *range(20)]
    assert len({read(path.read_bytes()).experiment_id for path in paths}) == 40
