"""Field types shared by every version of the contract.

They accept NumPy scalars, arrays and complex numbers beside plain Python values, and refuse whatever Avro could not
carry unchanged: NaN, infinity, an integer over 32 bits, an array of the wrong kind.
"""

from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_avro import AvroBase

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def _plain_integer(value: Any) -> Any:
    return int(value) if isinstance(value, np.integer) else value


def _plain_float(value: Any) -> Any:
    return float(value) if isinstance(value, np.floating | np.integer) else value


def _plain_list(value: Any) -> Any:
    """Turn an array, or a list that holds NumPy scalars, into plain floats; the validator names what is wrong."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiu":
            raise ValueError(f"an array of real numbers is needed, not of dtype {value.dtype}")
        return value.astype(np.float64).tolist()
    if isinstance(value, list | tuple) and set(map(type, value)) - {float}:
        return [item.item() if isinstance(item, np.generic) else item for item in value]
    return value


_AVRO_INT: dict[str, Any] = {"avro_type": "int"}  # pydantic-avro would say long
Int32 = Annotated[
    int,
    BeforeValidator(_plain_integer),
    Field(strict=True, ge=INT32_MIN, le=INT32_MAX, json_schema_extra=_AVRO_INT),
]
Count = Annotated[Int32, Field(ge=0)]
Double = Annotated[float, BeforeValidator(_plain_float), Field(strict=True, allow_inf_nan=False)]
Seconds = Annotated[float, BeforeValidator(_plain_float), Field(strict=True, allow_inf_nan=False, ge=0)]
# Plain floats inside: a Python call for each of a million parameters would cost more than all other checks together.
Doubles = Annotated[list[Annotated[float, Field(strict=True, allow_inf_nan=False)]], BeforeValidator(_plain_list)]


class Record(AvroBase):
    """One Avro record: immutable, and without fields that its schema does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")
