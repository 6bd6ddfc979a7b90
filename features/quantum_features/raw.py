"""Experiments as one nested Arrow table: what the table definitions start from, on any engine.

The schema mirrors the contract's records (version 2, the widest), with the landing file that held the record and the
batch's stamp. Numbers go from lists to Arrow buffers inside pyarrow, never one by one through Python.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from quantum_contracts.container import Experiment
from quantum_contracts.landing import LandingFile
from quantum_contracts.v2 import VQEProcess
from quantum_features.stamp import Stamp
from quantum_features.tables import BOOLEAN, DOUBLE, INT, PROCESSING, SOURCE, STRING, TIMESTAMP

_HAMILTONIAN_TERM = pa.struct(
    [("label", STRING), ("coefficients", pa.struct([("real", DOUBLE), ("imaginary", DOUBLE)]))]
)
_INITIAL_DATA = pa.struct(
    [
        ("backend", STRING),
        ("num_qubits", INT),
        ("hamiltonian", pa.list_(_HAMILTONIAN_TERM)),
        ("num_parameters", INT),
        ("initial_parameters", pa.list_(DOUBLE)),
        ("optimizer", STRING),
        ("ansatz", STRING),
        ("ansatz_reps", INT),
        ("noise_backend", STRING),
        ("default_shots", INT),
        ("seed", INT),
        ("ansatz_name", STRING),
        ("init_strategy", STRING),
        ("mapper", STRING),
    ]
)
# `repeat` is not the contract's: how often the same iteration number came before in the same experiment.
_ITERATION = pa.struct(
    [
        ("iteration", INT),
        ("repeat", INT),
        ("parameters", pa.list_(DOUBLE)),
        ("result", DOUBLE),
        ("std", DOUBLE),
        ("elapsed", DOUBLE),
    ]
)
_RESULT = pa.struct(
    [
        ("initial_data", _INITIAL_DATA),
        ("iteration_list", pa.list_(_ITERATION)),
        ("minimum", DOUBLE),
        ("optimal_parameters", pa.list_(DOUBLE)),
        ("maxcv", DOUBLE),
        ("minimization_time", DOUBLE),
        ("success", BOOLEAN),
        ("nfev", INT),
        ("nit", INT),
    ]
)
_MOLECULE = pa.struct(
    [
        ("symbols", pa.list_(STRING)),
        ("coords", pa.list_(pa.list_(DOUBLE))),
        ("multiplicity", INT),
        ("charge", INT),
        ("units", STRING),
        ("masses", pa.list_(DOUBLE)),
    ]
)
_DECORATED = (
    ("basis_set", STRING),
    ("hamiltonian_time", DOUBLE),
    ("mapping_time", DOUBLE),
    ("vqe_time", DOUBLE),
    ("total_time", DOUBLE),
    ("molecule_id", INT),
    ("nuclear_repulsion_energy", DOUBLE),
    ("hf_energy", DOUBLE),
    ("reference_energy", DOUBLE),
    ("created_at", TIMESTAMP),
)

RAW_SCHEMA = pa.schema(
    [
        ("experiment_id", STRING),
        ("schema_version", STRING),
        *((column.name, column.type) for column in SOURCE),
        ("vqe_result", _RESULT),
        ("molecule", _MOLECULE),
        *_DECORATED,
        ("software", pa.map_(STRING, STRING)),
        *((column.name, column.type) for column in PROCESSING),
    ]
)


@dataclass(frozen=True)
class LandedExperiment:
    """An experiment and the landing file that it was read from."""

    source: LandingFile
    experiment: Experiment


def raw_table(landed: Sequence[LandedExperiment], stamp: Stamp) -> pa.Table:
    """The experiments as a table of `RAW_SCHEMA`, one row for each."""
    results = [item.experiment.result for item in landed]
    columns = {
        "experiment_id": [item.experiment.experiment_id for item in landed],
        "schema_version": [item.experiment.version for item in landed],
        "source_topic": [item.source.topic for item in landed],
        "source_partition": [item.source.partition for item in landed],
        "source_offset": [item.source.offset for item in landed],
        "vqe_result": _results([result.vqe_result for result in results]),
        "molecule": _struct(_MOLECULE, [result.molecule for result in results], {}),
        **{name: [getattr(result, name) for result in results] for name, _ in _DECORATED},
        "software": [list(result.software.items()) for result in results],
        **{name: [value] * len(landed) for name, value in stamp.columns.items()},
    }
    return pa.table(columns, schema=RAW_SCHEMA)


def _results(results: Sequence[Any]) -> pa.StructArray:
    steps = [step for result in results for step in result.iteration_list]
    repeats = chain.from_iterable(_repeats(result.iteration_list) for result in results)
    iterations = _struct(_ITERATION, steps, {"repeat": pa.array(repeats, INT)})
    built = {
        "initial_data": _initial_data([result.initial_data for result in results]),
        "iteration_list": _lists([len(result.iteration_list) for result in results], iterations),
    }
    return _struct(_RESULT, results, built)


def _initial_data(data: Sequence[Any]) -> pa.StructArray:
    terms = [term for item in data for term in item.hamiltonian]
    coefficients = _struct(_HAMILTONIAN_TERM.field("coefficients").type, [term.coefficients for term in terms], {})
    hamiltonian = _struct(_HAMILTONIAN_TERM, terms, {"coefficients": coefficients})
    return _struct(_INITIAL_DATA, data, {"hamiltonian": _lists([len(item.hamiltonian) for item in data], hamiltonian)})


def _repeats(steps: Sequence[VQEProcess]) -> Iterator[int]:
    """For each step, how many steps before it have its number."""
    seen: Counter[int] = Counter()
    for step in steps:
        yield seen[step.iteration]
        seen[step.iteration] += 1


def _struct(type_: pa.StructType, records: Sequence[Any], built: Mapping[str, Any]) -> pa.StructArray:
    """The records' attributes by field name, except those already `built`."""
    arrays = [
        (
            built[field.name]
            if field.name in built
            else pa.array([getattr(record, field.name) for record in records], field.type)
        )
        for field in type_
    ]
    return pa.StructArray.from_arrays(arrays, fields=list(type_))


def _lists(lengths: Sequence[int], values: pa.Array) -> pa.ListArray:
    """Cut `values` into consecutive lists of these lengths."""
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, values)
