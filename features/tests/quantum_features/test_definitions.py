"""The tables that DuckDB computes against the same tables written as plain Python loops."""

from datetime import UTC, datetime
from typing import Any

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibis.config import Config
from tests.quantum_features.support_lakes import bits, landed, result

from quantum_contracts.strategies import results
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_features.definitions import definitions
from quantum_features.engine import DuckDBEngine
from quantum_features.raw import raw_table
from quantum_features.stamp import Stamp
from quantum_features.tables import FEATURE_TABLES

STAMP = Stamp("0" * 32, datetime(2026, 11, 22, 23, 59, 59, 1, tzinfo=UTC))
Row = dict[str, Any]


def expected_rows(experiment: str, item: VQEDecoratedResult) -> dict[str, list[Row]]:
    """The rows of one experiment, without the batch's stamp."""
    outcome, start, molecule = item.vqe_result, item.vqe_result.initial_data, item.molecule
    who: Row = {"experiment_id": experiment, "molecule_id": item.molecule_id}
    where: Row = {"basis_set": item.basis_set, "backend": start.backend}
    tables: dict[str, list[Row]] = {name: [] for name in FEATURE_TABLES}
    tables["molecules"] += [
        who
        | {
            "atom_symbols": molecule.symbols,
            "coordinates": molecule.coords,
            "multiplicity": molecule.multiplicity,
            "charge": molecule.charge,
            "coordinate_units": molecule.units,
            "atomic_masses": molecule.masses,
        }
    ]
    tables["ansatz_info"] += [
        who
        | {"basis_set": item.basis_set, "ansatz": start.ansatz}
        | {"ansatz_reps": start.ansatz_reps, "ansatz_name": start.ansatz_name}
    ]
    times = ("hamiltonian_time", "mapping_time", "vqe_time", "total_time")
    tables["performance_metrics"] += [
        who
        | {"basis_set": item.basis_set, "minimization_time": outcome.minimization_time}
        | {name: getattr(item, name) for name in times}
    ]
    of_start = ("num_qubits", "optimizer", "num_parameters", "ansatz_reps", "noise_backend", "default_shots")
    of_start_v2 = ("ansatz_name", "init_strategy", "mapper", "seed")
    of_outcome = ("maxcv", "success", "nfev", "nit")
    of_item = ("hf_energy", "reference_energy", "nuclear_repulsion_energy", "created_at")
    tables["vqe_results"] += [
        who
        | where
        | {name: getattr(start, name) for name in of_start + of_start_v2}
        | {name: getattr(outcome, name) for name in of_outcome}
        | {name: getattr(item, name) for name in of_item}
        | {"minimum_energy": outcome.minimum, "total_iterations": len(outcome.iteration_list)}
        | {"software": list(item.software.items()), "schema_version": "v2"}
        | {"source_topic": "vqe_decorated_result_v2", "source_partition": 3, "source_offset": 2**40}
    ]
    for kind, short, values in (
        ("initial", "init", start.initial_parameters),
        ("optimal", "opt", outcome.optimal_parameters),
    ):
        tables[f"{kind}_parameters"] += [
            who
            | {"basis_set": item.basis_set, "parameter_id": f"{experiment}_{short}_{index}"}
            | {"parameter_index": index, f"{kind}_parameter_value": value}
            for index, value in enumerate(values)
        ]
    seen: list[int] = []
    for step in outcome.iteration_list:
        repeat = seen.count(step.iteration)
        seen.append(step.iteration)
        iteration = f"{experiment}_iter_{step.iteration}" + (f"_{repeat}" if repeat else "")
        tables["vqe_iterations"] += [
            who
            | where
            | {"iteration_id": iteration, "iteration_step": step.iteration, "iteration_energy": step.result}
            | {"energy_std_dev": step.std, "elapsed": step.elapsed}
        ]
        tables["iteration_parameters"] += [
            {"parameter_id": f"{iteration}_param_{index}", "iteration_id": iteration, "experiment_id": experiment}
            | {"iteration_step": step.iteration, "parameter_value": value, "parameter_index": index}
            | {"basis_set": item.basis_set}
            for index, value in enumerate(step.parameters)
        ]
    tables["hamiltonian_terms"] += [
        who
        | where
        | {"term_id": f"{experiment}_term_{position}", "term_label": term.label}
        | {"coeff_real": term.coefficients.real, "coeff_imag": term.coefficients.imaginary}
        for position, term in enumerate(start.hamiltonian)
    ]
    return tables


@pytest.fixture(scope="module")
def engine() -> DuckDBEngine:
    return DuckDBEngine()


def computed(engine: DuckDBEngine, some: list[VQEDecoratedResult]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {name: [] for name in FEATURE_TABLES}
    for name, batch in engine.compute(raw_table(landed(some), STAMP)):
        assert batch.schema.equals(FEATURE_TABLES[name].arrow_schema)
        found[name] += batch.to_pylist()
    return found


@given(some=st.lists(results("v2"), min_size=1, max_size=3))
def test_every_row_is_the_one_that_loops_give(engine: DuckDBEngine, some: list[VQEDecoratedResult]) -> None:
    found = computed(engine, some)
    for name in FEATURE_TABLES:
        expected = [row | STAMP.columns for i, item in enumerate(some) for row in expected_rows(f"e{i}", item)[name]]
        key = FEATURE_TABLES[name].key[0]
        in_order = sorted(found[name], key=lambda row: str(row[key]))
        assert bits(in_order) == bits(sorted_alike(expected, in_order, key))


def sorted_alike(rows: list[Row], like: list[Row], key: str) -> list[Row]:
    """The rows in the order of their key, their columns in the order of those of `like`."""
    assert len(rows) == len(like)
    in_order = sorted(rows, key=lambda row: str(row[key]))
    return [{name: row[name] for name in other} for row, other in zip(in_order, like, strict=True)]


@given(some=st.lists(results("v2"), min_size=2, max_size=3))
def test_keys_are_unique(engine: DuckDBEngine, some: list[VQEDecoratedResult]) -> None:
    found = computed(engine, some)
    for name, table in FEATURE_TABLES.items():
        keys = [tuple(row[column] for column in table.key) for row in found[name]]
        assert len(set(keys)) == len(keys)


def test_iterations_of_one_number_keep_ids_of_their_own(engine: DuckDBEngine) -> None:
    data = result(steps=3).model_dump()
    for step in data["vqe_result"]["iteration_list"]:
        step["iteration"] = 7
    found = computed(engine, [VQEDecoratedResult.model_validate(data)])
    assert [row["iteration_id"] for row in found["vqe_iterations"]] == ["e0_iter_7", "e0_iter_7_1", "e0_iter_7_2"]
    assert len({row["parameter_id"] for row in found["iteration_parameters"]}) == 6


class SparkOptions(Config):  # type: ignore[misc]  # Ibis has no types
    """What importing Ibis's Spark backend would register; compiling needs no Spark."""

    treat_nan_as_null: bool = False


@pytest.mark.parametrize("name", FEATURE_TABLES)
@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
def test_every_definition_compiles_for_both_engines(name: str, dialect: str) -> None:
    ibis.options.pyspark = SparkOptions()
    sql = str(ibis.to_sql(definitions()[name], dialect=dialect))
    assert all(column in sql for column in FEATURE_TABLES[name].arrow_schema.names)
