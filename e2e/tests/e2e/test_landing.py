"""Two versions of the contract side by side, from two simulators to the object store, and into the tables."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fastavro
import pytest

from quantum_contracts.avro_schema import released
from quantum_contracts.container import read_container
from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import TOPIC_BY_VERSION, VERSIONS
from quantum_e2e.landing import copy_to, landed, names, wait_for_landing
from quantum_e2e.simulator import Simulator, molecule_file
from quantum_e2e.stack import Stack
from quantum_e2e.topics import messages
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import FEATURE_TABLES

DISTANCES = [0.5 + step / 30 for step in range(20)]
HEADER = 5  # bytes of the wire format before the Avro body


@pytest.fixture(scope="module")
def before(connected: Stack) -> dict[str, int]:
    """How many files of each production topic other tests have left."""
    return {version: len(names(connected.store, topic)) for version, topic in TOPIC_BY_VERSION.items()}


@pytest.fixture(scope="module")
def computed(
    connected: Stack, before: Mapping[str, int], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[LandingFile, dict[str, Any]]]:
    """What two simulators print of what they compute at the same time, by version and place in Kafka."""
    folder = molecule_file(tmp_path_factory.mktemp("input"), DISTANCES).parent
    started = {
        version: Simulator(
            connected,
            *("simulate", "--file", "/input/molecules.json", "--sink", "kafka", "--topic", version, "--json"),
            folders={"/input": folder},
        )
        for version in VERSIONS
    }
    with started["v1"] as one, started["v2"] as two:
        rows = {"v1": one.rows(), "v2": two.rows()}
    for version, topic in TOPIC_BY_VERSION.items():
        wait_for_landing(connected.store, topic, before[version] + len(DISTANCES))
    placed: dict[str, dict[LandingFile, dict[str, Any]]] = {}
    for version, printed in rows.items():
        places = [LandingFile.parse(Path(row["landing_file"]).name) for row in printed]
        placed[version] = {place: row for place, row in zip(places, printed, strict=True) if place is not None}
    return placed


@pytest.mark.parametrize("version", VERSIONS)
def test_every_result_is_an_object_under_its_own_name(
    connected: Stack, before: Mapping[str, int], computed: dict[str, dict[LandingFile, Any]], version: str
) -> None:
    assert len(computed[version]) == len(DISTANCES)
    there = names(connected.store, TOPIC_BY_VERSION[version])
    assert len(there) == before[version] + len(DISTANCES)
    assert set(computed[version]) <= set(there)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_holds_the_released_schema_and_the_bytes_of_the_message(
    connected: Stack, computed: dict[str, dict[LandingFile, Any]], version: str
) -> None:
    topic = TOPIC_BY_VERSION[version]
    bodies = {
        LandingFile(topic, message.partition() or 0, message.offset() or 0): (message.value() or b"")[HEADER:]
        for message in messages(connected.broker.servers, topic)
    }
    for file, content in landed(connected.store, topic).items():
        if file not in computed[version]:
            continue
        assert json.loads(fastavro.reader(io.BytesIO(content)).metadata["avro.schema"]) == released(version)
        [block] = list(fastavro.block_reader(io.BytesIO(content)))
        assert block.num_records == 1
        assert bodies[file] in content


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_read_back_is_what_was_computed_to_the_last_bit(
    connected: Stack, computed: dict[str, dict[LandingFile, Any]], version: str
) -> None:
    objects = landed(connected.store, TOPIC_BY_VERSION[version])
    for index, (file, printed) in enumerate(computed[version].items()):
        [experiment] = read_container(io.BytesIO(objects[file]))
        result = experiment.result
        assert result.molecule.coords == [[1 / 3, 0.7, 0.0], [1 / 3, 0.7, DISTANCES[index]]]
        assert result.vqe_result.minimum == printed["energy"]
        assert result.vqe_time == printed["vqe_time"]
        assert result.total_time == printed["total_time"]
        assert len(result.vqe_result.iteration_list) == printed["iterations"]
        if version == "v2":
            assert (result.run_id, result.hf_energy) == (printed["run_id"], printed["hf_energy"])


@pytest.mark.parametrize("version", VERSIONS)
def test_the_results_of_a_molecule_keep_their_order(computed: dict[str, dict[LandingFile, Any]], version: str) -> None:
    by_partition: dict[int, list[int]] = {}
    for file in computed[version]:  # in the order of computation
        by_partition.setdefault(file.partition, []).append(file.offset)
    assert all(offsets == sorted(offsets) for offsets in by_partition.values())


def test_all_become_rows_of_the_nine_tables(
    connected: Stack, computed: dict[str, dict[LandingFile, Any]], tmp_path: Path
) -> None:
    lake = Lake(tmp_path / "lake")
    for version, topic in TOPIC_BY_VERSION.items():
        objects = landed(connected.store, topic)
        copy_to(lake.experiments, {file: objects[file] for file in computed[version]})
    report = process(lake, FeaturesSettings())
    assert (report.experiments, report.duplicates, report.waiting) == (2 * len(DISTANCES), 0, 0)
    assert set(report.rows) == set(FEATURE_TABLES)
    assert all(count >= 2 * len(DISTANCES) for count in report.rows.values())
    rows = open_existing_catalog(lake).read_state().table("vqe_results").scan().to_arrow().to_pylist()
    energies = {
        LandingFile(row["source_topic"], row["source_partition"], row["source_offset"]): row["minimum_energy"]
        for row in rows
    }
    printed = {file: row["energy"] for version in VERSIONS for file, row in computed[version].items()}
    assert energies == printed
