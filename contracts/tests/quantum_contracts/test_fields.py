import struct
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import Field, ValidationError

from quantum_contracts import strategies
from quantum_contracts.fields import Count, Double, Doubles, Flag, Int32, Record, Rows, UtcTime, plain_complex
from quantum_contracts.v1 import ComplexNumber, HamiltonianTerm
from quantum_contracts.validation import describe


class Fields(Record):
    integer: Int32 = 0
    count: Count = 0
    number: Double = 0.0
    numbers: Doubles = Field(default=[])
    rows: Rows = Field(default=[])
    flag: Flag = False
    time: UtcTime | None = None


def bits(values: list[float]) -> bytes:
    return struct.pack(f"<{len(values)}d", *values)


def refusal(**values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Fields(**values)
    return describe(caught.value)


@given(strategies.doubles)
def test_numpy_doubles_keep_every_bit(value: float) -> None:
    converted = Fields.model_validate({"number": np.float64(value)}).number
    assert repr(converted) == repr(value)  # numpy's would say np.float64(…)
    assert bits([converted]) == bits([value])


@given(st.lists(strategies.doubles))
def test_arrays_keep_every_bit(values: list[float]) -> None:
    for given_as in (np.array(values, dtype=np.float64), np.array(values, dtype=">f8"), list(map(np.float64, values))):
        converted = Fields.model_validate({"numbers": given_as}).numbers
        assert bits(converted) == bits(values)
        assert {type(value) for value in converted} <= {float}


@given(st.lists(st.lists(strategies.doubles, min_size=3, max_size=3), min_size=1))
def test_matrices_keep_every_bit(rows: list[list[float]]) -> None:
    converted = Fields.model_validate({"rows": np.array(rows)}).rows
    assert [bits(row) for row in converted] == [bits(row) for row in rows]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.int32, np.int64, np.uint8, np.uint64])
def test_smaller_kinds_widen_exactly(dtype: type[np.generic]) -> None:
    array = np.array([0, 1, 3], dtype=dtype)
    assert Fields.model_validate({"numbers": array}).numbers == [0.0, 1.0, 3.0]
    assert Fields.model_validate({"number": array[2]}).number == 3.0


def test_views_of_arrays_are_read_as_they_look() -> None:
    assert Fields.model_validate({"numbers": np.arange(10.0)[::-3]}).numbers == [9.0, 6.0, 3.0, 0.0]


@given(st.integers(-(2**31), 2**31 - 1))
def test_numpy_integers_become_plain_ones(value: int) -> None:
    converted = Fields.model_validate({"integer": np.int64(value)}).integer
    assert converted == value
    assert repr(converted) == repr(value)


def test_numpy_booleans_become_plain_ones() -> None:
    assert Fields.model_validate({"flag": np.True_}).flag is True


complex_values: SearchStrategy[complex] = st.builds(complex, strategies.doubles, strategies.doubles)


@given(complex_values)
def test_complex_numbers_keep_every_bit(value: complex) -> None:
    for given_as in (value, np.complex128(value)):
        number = HamiltonianTerm.model_validate({"label": "X", "coefficients": given_as}).coefficients
        assert bits([number.real, number.imaginary]) == bits([value.real, value.imag])


def test_single_precision_complex_numbers_widen_exactly() -> None:
    assert plain_complex(np.complex64(0.5 - 0.25j)) == {"real": 0.5, "imaginary": -0.25}


def test_complex_parts_may_be_numpy_numbers() -> None:
    assert ComplexNumber.model_validate({"real": np.float32(0.5), "imaginary": np.int64(2)}).imaginary == 2.0


NOT_FINITE = [np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("value", NOT_FINITE)
def test_what_is_not_finite_is_refused_with_its_path(value: float) -> None:
    assert refusal(number=value).startswith("number: it should be a finite number")
    assert refusal(number=np.float32(value)).startswith("number: it should be a finite number")
    assert refusal(numbers=np.array([0.0, value])).startswith("numbers[1]: it should be a finite number")
    assert refusal(numbers=[0.0, 1.0, value]).startswith("numbers[2]: it should be a finite number")
    assert refusal(rows=np.array([[0.0, 1.0], [2.0, value]])).startswith("rows[1][1]: it should be a finite number")
    with pytest.raises(ValidationError, match=r"coefficients.imaginary\n  Input should be a finite number"):
        HamiltonianTerm.model_validate({"label": "X", "coefficients": complex(0, value)})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"integer": 2**31}, "integer: it should be less than or equal to 2147483647 (given: 2147483648)"),
        ({"integer": np.int64(-(2**31) - 1)}, "integer: it should be greater than or equal to -2147483648"),
        ({"integer": 10**30}, "integer: it should be less than or equal to 2147483647"),
        ({"integer": 1.0}, "integer: it should be a valid integer"),
        ({"integer": np.float64(1)}, "integer: it should be a valid integer"),
        ({"integer": True}, "integer: it should be a valid integer"),
        ({"integer": "1"}, "integer: it should be a valid integer"),
        ({"count": -1}, "count: it should be greater than or equal to 0"),
        ({"number": "1.0"}, "number: it should be a valid number"),
        ({"number": True}, "number: it should be a valid number"),
        ({"number": np.True_}, "number: a real number is needed, not bool"),
        ({"number": Decimal("0.1")}, "number: a real number is needed, not Decimal"),
        ({"number": np.array([1.0])}, "number: a real number is needed, not ndarray"),
        ({"numbers": [1.0, Decimal("0.1")]}, "numbers: entry 1: a real number is needed, not Decimal"),
        ({"number": None}, "number: it should be a valid number"),
        ({"number": 2**53 + 1}, "number: an integer beyond 2**53 loses digits as a double"),
        ({"number": 1j}, "number: it should be a valid number"),
        ({"numbers": [1.0, "2.0"]}, "numbers[1]: it should be a valid number"),
        ({"numbers": [True]}, "numbers[0]: it should be a valid number"),
        ({"numbers": 1.0}, "numbers: it should be a valid list"),
        ({"numbers": "12"}, "numbers: it should be a valid list"),
        ({"numbers": np.array([1j])}, "numbers: an array of real numbers is needed, not of dtype complex128"),
        ({"numbers": np.array(["1.0"])}, "numbers: an array of real numbers is needed, not of dtype <U3"),
        ({"numbers": np.array([True])}, "numbers: an array of real numbers is needed, not of dtype bool"),
        ({"numbers": np.array([None])}, "numbers: an array of real numbers is needed, not of dtype object"),
        ({"numbers": np.array([2**60])}, "numbers: an integer beyond 2**53 loses digits as a double"),
        ({"numbers": np.zeros((2, 2))}, "numbers: an array of 1 dimensions is needed, not of shape (2, 2)"),
        ({"numbers": np.array(1.0)}, "numbers: an array of 1 dimensions is needed, not of shape ()"),
        ({"rows": np.zeros(3)}, "rows: an array of 2 dimensions is needed, not of shape (3,)"),
        ({"flag": 1}, "flag: it should be a valid boolean"),
        ({"flag": "yes"}, "flag: it should be a valid boolean"),
        ({"time": "2024-01-01T00:00:00"}, "time: it should have timezone info"),
        ({"time": "0001-01-01T00:00:00+05:00"}, "time: the year must be between 1 and 9999 in UTC"),
        ({"unknown": 1}, "unknown: Extra inputs are not permitted"),
    ],
)
def test_what_avro_could_not_carry_unchanged_is_refused_with_its_path(values: dict[str, Any], message: str) -> None:
    assert refusal(**values).startswith(message)


def test_digits_beyond_a_double_are_refused() -> None:
    wide = np.longdouble(1) / 3
    message = f"{wide.dtype} has more digits than a double"
    assert message in refusal(number=wide)
    assert message in refusal(numbers=[wide])
    assert message in refusal(numbers=np.array([wide]))
    with pytest.raises(ValueError, match=message):
        plain_complex(np.clongdouble(wide))


def test_strict_validation_takes_plain_values_only() -> None:
    assert Fields.model_validate({"numbers": [1.0]}, strict=True).numbers == [1.0]
    assert Fields.model_validate({"integer": np.int32(1)}).integer == 1
    with pytest.raises(ValidationError, match="valid integer"):
        Fields.model_validate({"integer": np.int32(1)}, strict=True)


def test_records_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Fields().number = 1.0  # type: ignore[misc]
