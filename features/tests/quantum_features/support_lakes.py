"""Lakes for tests: results that land, and what a lake holds."""

import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyiceberg.catalog.sql import IcebergTables
from pyiceberg.table import Table
from sqlalchemy import select

from quantum_contracts import v1
from quantum_contracts.container import Experiment, write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.lake import NAMESPACE, Lake
from quantum_contracts.landing import LandingFile
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_features.catalog import open_existing_catalog
from quantum_features.database import reading
from quantum_features.raw import LandedExperiment
from quantum_features.tables import FEATURE_TABLES

TOPIC = "vqe_decorated_result_v2"
TOPIC_V1 = "vqe_decorated_result_v1"


def result(
    run_id: str | None = "run", steps: int = 3, basis_set: str = "sto3g", energy: float = -1.137
) -> VQEDecoratedResult:
    """A plausible result with two parameters and two Hamiltonian terms."""
    return VQEDecoratedResult.model_validate(
        {
            "vqe_result": {
                "initial_data": {
                    "backend": "exact",
                    "num_qubits": 2,
                    "hamiltonian": [
                        {"label": "II", "coefficients": {"real": 1 / 3, "imaginary": 0.0}},
                        {"label": "XY", "coefficients": {"real": 0.7, "imaginary": -0.0}},
                    ],
                    "num_parameters": 2,
                    "initial_parameters": [0.0, 0.1],
                    "optimizer": "L-BFGS-B",
                    "ansatz": "OPENQASM 3.0;\nqubit[2] q;",
                    "ansatz_reps": 1,
                    "noise_backend": "none",
                    "default_shots": 0,
                },
                "iteration_list": [
                    {"iteration": step, "parameters": [0.1 * step, 0.7], "result": energy + 1 / (step + 1), "std": 0.0}
                    for step in range(steps)
                ],
                "minimum": energy,
                "optimal_parameters": [0.1 * steps, 0.7],
                "minimization_time": 0.01,
            },
            "molecule": {
                "symbols": ["H", "H"],
                "coords": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.74]],
                "multiplicity": 1,
                "charge": 0,
                "units": "angstrom",
            },
            "basis_set": basis_set,
            "hamiltonian_time": 0.1,
            "mapping_time": 0.1,
            "vqe_time": 0.1,
            "total_time": 0.3,
            "molecule_id": 1,
            "run_id": run_id,
        }
    )


def land(
    lake: Lake, results: Sequence[VQEDecoratedResult], offset: int, topic: str = TOPIC, partition: int = 0
) -> Path:
    """Put results into one landing file."""
    path = lake.experiments / LandingFile(topic, partition, offset).path
    path.parent.mkdir(parents=True, exist_ok=True)
    versioned: list[v1.VQEDecoratedResult] = [to_version(item, topic.rpartition("_")[2]) for item in results]
    with path.open("wb") as file:
        write_container(file, versioned)
    return path


def spoil(lake: Lake, content: bytes, offset: int, topic: str = TOPIC) -> Path:
    """Put a file that is no container of results into the landing folder."""
    path = lake.experiments / LandingFile(topic, 0, offset).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def rows(lake: Lake, name: str, namespace: str = NAMESPACE) -> list[dict[str, Any]]:
    """All rows of a table."""
    state = open_existing_catalog(lake, namespace).read_state()
    found: list[dict[str, Any]] = state.table(name).scan().to_arrow().to_pylist()
    return found


def content(lake: Lake, namespace: str = NAMESPACE) -> dict[str, list[dict[str, Any]]]:
    """The feature tables in one order, without what tells one batch from another."""
    return {
        name: sorted(
            (
                {key: value for key, value in row.items() if not key.startswith("processing_")}
                for row in rows(lake, name, namespace)
            ),
            key=repr,
        )
        for name in FEATURE_TABLES
    }


def files_of(lake: Lake) -> dict[str, tuple[int, int]]:
    """All files of the lake with their sizes and times of change."""
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in lake.root.rglob("*") if path.is_file()
    }


def orphans(lake: Lake) -> set[str]:
    """Files in the warehouse that no table of any namespace refers to, and marks of batches that do not run."""
    catalog = open_existing_catalog(lake)
    with reading(catalog.engine) as connection:
        namespaces = set(connection.scalars(select(IcebergTables.table_namespace)))
    states = [replace(catalog, namespace=namespace).read_state() for namespace in namespaces]
    known = {file for state in states for name in state.metadata_location for file in _references(state.table(name))}
    folders = (lake.warehouse, lake.root / ".batches")
    return {str(path.resolve()) for folder in folders for path in folder.rglob("*") if path.is_file()} - known


def _references(table: Table) -> set[str]:
    files = {table.metadata_location, *(entry.metadata_file for entry in table.metadata.metadata_log)}
    for snapshot in table.snapshots():
        files.add(snapshot.manifest_list)
        for manifest in snapshot.manifests(table.io):
            files.add(manifest.manifest_path)
            files |= {
                entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False)
            }
    return files


def landed(some: Sequence[VQEDecoratedResult]) -> list[LandedExperiment]:
    """The results as experiments e0, e1, … of one landing file."""
    source = LandingFile(TOPIC, 3, 2**40)
    return [LandedExperiment(source, Experiment(f"e{number}", "v2", item)) for number, item in enumerate(some)]


def bits(value: Any) -> Any:
    """The value with every double as its bytes: -0.0 is not 0.0 then."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, dict):
        return {key: bits(item) for key, item in value.items()}
    return [bits(item) for item in value] if isinstance(value, list) else value
