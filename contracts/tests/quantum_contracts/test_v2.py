from datetime import UTC, datetime

import numpy as np
import pytest
from pydantic import ValidationError

from quantum_contracts import v1, v2
from quantum_contracts.encoding import to_avro


def test_what_v2_adds_may_be_missing(result: v2.VQEDecoratedResult) -> None:
    old = v2.VQEDecoratedResult.model_validate(to_avro(result, "v1"))
    assert old.run_id is None
    assert old.software == {}
    assert old.vqe_result.iteration_list[0].elapsed is None


def test_a_result_of_v2_is_one_of_v1(result: v2.VQEDecoratedResult) -> None:
    assert isinstance(result, v1.VQEDecoratedResult)


def test_the_shapes_are_checked_as_in_v1(result: v2.VQEDecoratedResult) -> None:
    record = to_avro(result, "v2")
    record["vqe_result"]["optimal_parameters"] = []
    with pytest.raises(ValidationError, match="optimal_parameters has 0 entries, expected 1"):
        v2.VQEDecoratedResult.model_validate(record)


def test_numpy_values_of_an_optimiser_are_accepted(result: v2.VQEDecoratedResult) -> None:
    changes = {"success": np.bool_(False), "nfev": np.int64(12), "nit": np.int32(3), "minimum": np.float64(-1.2)}
    changed = v2.VQEResult.model_validate(dict(result.vqe_result) | changes)
    assert (changed.success, changed.nfev, changed.nit, changed.minimum) == (False, 12, 3, -1.2)


def test_times_are_kept_in_utc(result: v2.VQEDecoratedResult) -> None:
    record = dict(result) | {"created_at": datetime.fromisoformat("2024-05-01T12:00:00.000001+02:00")}
    expected = datetime(2024, 5, 1, 10, 0, 0, 1, tzinfo=UTC)
    assert v2.VQEDecoratedResult.model_validate(record).created_at == expected
