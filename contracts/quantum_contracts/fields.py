"""Field types shared by every version of the contract.

They accept NumPy scalars, arrays and complex numbers beside plain Python values, and refuse whatever Avro could not
carry unchanged: NaN, infinity, an integer over 32 bits, an array of the wrong kind or shape, digits beyond a double.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_avro import AvroBase
from pydantic_core import CoreSchema, core_schema

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
_EXACT_INTEGER = 2**53  # up to here a double holds every integer
_DOUBLE_BYTES = 8
_INTEGERS = (int, np.integer)


@dataclass(frozen=True)
class FromNumpy:
    """Converts a value before it is validated, except in strict mode: there it must be plain Python already."""

    convert: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic choose by its mode."""
        plain = handler(source)
        return core_schema.lax_or_strict_schema(
            lax_schema=core_schema.no_info_before_validator_function(self.convert, plain), strict_schema=plain
        )


def _plain_integer(value: Any) -> Any:
    return int(value) if isinstance(value, np.integer) else value


def _plain_flag(value: Any) -> Any:
    return bool(value) if isinstance(value, np.bool) else value


def _plain_float(value: Any) -> Any:
    """Turn a real number into the same Python float; leave what is none to the validator, which names it."""
    if isinstance(value, np.floating):
        _fits_double(value.dtype)
        return float(value)
    if isinstance(value, _INTEGERS) and not isinstance(value, bool):
        if abs(int(value)) > _EXACT_INTEGER:
            raise ValueError("an integer beyond 2**53 loses digits as a double")
        return float(value)
    if hasattr(value, "__float__") and not isinstance(value, float | bool):  # which the validator would call
        raise ValueError(f"a real number is needed, not {type(value).__name__}")
    return value


def plain_complex(value: Any) -> Any:
    """Turn a complex number into the fields of a ComplexNumber record."""
    if isinstance(value, complex | np.complexfloating):  # numpy.complex128 is both, complex64 only the second
        if isinstance(value, np.complexfloating):
            _fits_double(value.real.dtype)
        return {"real": float(value.real), "imaginary": float(value.imag)}
    return value


def _plain_doubles(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _plain_array(value, dimensions=1).tolist()
    if isinstance(value, list | tuple) and set(map(type, value)) - {float}:
        return [_plain_entry(index, item) for index, item in enumerate(value)]
    return value


def _plain_entry(index: int, value: Any) -> Any:
    try:
        return _plain_float(value)
    except ValueError as error:
        raise ValueError(f"entry {index}: {error}") from error


def _plain_rows(value: Any) -> Any:
    return list(_plain_array(value, dimensions=2)) if isinstance(value, np.ndarray) else value


def _plain_array(array: Any, dimensions: int) -> Any:
    if array.ndim != dimensions:
        raise ValueError(f"an array of {dimensions} dimensions is needed, not of shape {array.shape}")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"an array of real numbers is needed, not of dtype {array.dtype}")
    if array.dtype.kind == "f":
        _fits_double(array.dtype)
    elif array.size and max(abs(int(array.min())), abs(int(array.max()))) > _EXACT_INTEGER:
        raise ValueError("an integer beyond 2**53 loses digits as a double")
    return array.astype(np.float64)


def _fits_double(dtype: Any) -> None:
    if dtype.itemsize > _DOUBLE_BYTES:
        raise ValueError(f"{dtype} has more digits than a double")


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the year must be between 1 and 9999 in UTC") from None


_AVRO_INT: dict[str, Any] = {"avro_type": "int"}  # pydantic-avro would say long
_PlainInt32 = Annotated[int, Field(strict=True, ge=INT32_MIN, le=INT32_MAX, json_schema_extra=_AVRO_INT)]
Int32 = Annotated[_PlainInt32, FromNumpy(_plain_integer)]
Count = Annotated[_PlainInt32, Field(ge=0), FromNumpy(_plain_integer)]
Positive = Annotated[_PlainInt32, Field(ge=1), FromNumpy(_plain_integer)]
Flag = Annotated[bool, Field(strict=True), FromNumpy(_plain_flag)]
PlainDouble = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Double = Annotated[PlainDouble, FromNumpy(_plain_float)]
NonNegative = Annotated[PlainDouble, Field(ge=0), FromNumpy(_plain_float)]
Seconds = NonNegative
# Plain doubles inside: a Python call for each of a million parameters would cost more than all other checks together.
Doubles = Annotated[list[PlainDouble], Field(fail_fast=True), FromNumpy(_plain_doubles)]
Rows = Annotated[list[Doubles], FromNumpy(_plain_rows)]
UtcTime = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Record(AvroBase):
    """One Avro record: immutable, and without fields that its schema does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")
