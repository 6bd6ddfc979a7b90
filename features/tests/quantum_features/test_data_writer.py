from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quantum_contracts.lake import Lake
from quantum_features.catalog import State, open_catalog
from quantum_features.data_writer import DataWriter
from quantum_features.stamp import Stamp
from quantum_features.tables import MOLECULES, VQE_ITERATIONS

SPECS = {table.name: table for table in (MOLECULES, VQE_ITERATIONS)}
TODAY = date(2026, 11, 22)


def batch(rows: int, basis_set: str = "sto3g") -> pa.RecordBatch:
    columns = {
        "iteration_id": [f"id{row}" for row in range(rows)],
        "basis_set": [basis_set] * rows,
        "backend": ["exact"] * rows,
        "processing_date": [TODAY] * rows,
    }
    schema = VQE_ITERATIONS.arrow_schema
    arrays = [pa.array(columns.get(field.name, [None] * rows), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def partition(basis_set: str = "sto3g") -> dict[str, str | date]:
    return {"processing_date": TODAY, "basis_set": basis_set, "backend": "exact"}


@pytest.fixture
def state(lake: Lake) -> State:
    return open_catalog(lake).read_state()


def test_rows_are_gathered_into_one_file_for_each_partition(state: State) -> None:
    writer = DataWriter(state, SPECS, Stamp.new(), buffer_bytes=10**9)
    for _ in range(5):
        writer.add("vqe_iterations", partition(), batch(10))
        writer.add("vqe_iterations", partition("6-31G**/x y"), batch(1, "6-31G**/x y"))
    files = writer.finish()["vqe_iterations"]
    assert sorted(file.record_count for file in files) == [5, 50]
    assert writer.rows == {"vqe_iterations": 55}
    for file in files:
        table = pq.ParquetFile(file.file_path).read()
        assert table["basis_set"].unique().to_pylist() == [file.partition[1]]
        assert table.num_rows == file.record_count


def test_no_more_is_held_than_the_buffer_takes(state: State) -> None:
    one = batch(1_000)
    writer = DataWriter(state, SPECS, Stamp.new(), buffer_bytes=3 * one.nbytes)
    for _ in range(9):
        writer.add("vqe_iterations", partition(), one)
    assert [file.record_count for file in writer.files["vqe_iterations"]] == [3_000] * 3
    assert writer.finish()["vqe_iterations"] == writer.files["vqe_iterations"]


def test_rows_of_other_columns_are_refused(state: State) -> None:
    writer = DataWriter(state, SPECS, Stamp.new(), buffer_bytes=10**9)
    with pytest.raises(ValueError, match="table molecules has the columns"):
        writer.add("molecules", partition(), batch(1))


def test_no_rows_are_no_file(state: State) -> None:
    writer = DataWriter(state, SPECS, Stamp.new(), buffer_bytes=1)
    writer.add("vqe_iterations", partition(), batch(0))
    assert writer.finish() == {}
