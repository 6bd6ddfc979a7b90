from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.quantum_features.support_lakes import bits, landed, result

from quantum_contracts.strategies import results
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_features.raw import RAW_SCHEMA, raw_table
from quantum_features.stamp import Stamp

STAMP = Stamp("0" * 32, datetime(2026, 11, 22, 23, 59, 59, 1, tzinfo=UTC))


def as_in_the_contract(row: dict[str, Any]) -> dict[str, Any]:
    for step in row["vqe_result"]["iteration_list"]:
        del step["repeat"]
    return row | {"software": dict(row["software"])}


@given(st.lists(results("v2"), min_size=1, max_size=3))
def test_a_row_is_the_record_to_the_bit(some: list[VQEDecoratedResult]) -> None:
    table = raw_table(landed(some), STAMP)
    table.validate(full=True)
    assert table.schema.equals(RAW_SCHEMA)
    for row, item in zip(table.to_pylist(), some, strict=True):
        expected = item.model_dump(exclude={"run_id"})
        found = as_in_the_contract(row)
        assert bits({name: found[name] for name in expected}) == bits(expected)


def test_rows_carry_their_source_and_the_batch_s_stamp() -> None:
    [row] = raw_table(landed([result()]), STAMP).to_pylist()
    assert row["experiment_id"] == "e0"
    assert row["schema_version"] == "v2"
    assert (row["source_topic"], row["source_partition"], row["source_offset"]) == ("vqe_decorated_result_v2", 3, 2**40)
    assert (row["processing_batch_id"], row["processing_name"]) == ("0" * 32, "quantum_base_processing")
    assert (row["processing_timestamp"], row["processing_date"]) == (STAMP.timestamp, STAMP.timestamp.date())


def test_iteration_numbers_that_come_again_are_counted() -> None:
    data = result(steps=5).model_dump()
    for step, number in zip(data["vqe_result"]["iteration_list"], [1, 1, 2, 1, 2], strict=True):
        step["iteration"] = number
    table = raw_table(landed([VQEDecoratedResult.model_validate(data)]), STAMP)
    [row] = table.to_pylist()
    assert [step["repeat"] for step in row["vqe_result"]["iteration_list"]] == [0, 1, 0, 2, 1]


def test_no_experiments_are_an_empty_table() -> None:
    assert raw_table([], STAMP).equals(pa.table({field.name: [] for field in RAW_SCHEMA}, schema=RAW_SCHEMA))
