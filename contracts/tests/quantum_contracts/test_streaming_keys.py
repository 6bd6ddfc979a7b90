import io
import json

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts import v1, v2
from quantum_contracts.binary_reader import UndecodableError
from quantum_contracts.strategies import int32, results
from quantum_contracts.streaming.keys import KEY_SCHEMA, decode_key, encode_key


@given(results("v1") | results("v2"))
def test_a_key_is_the_molecules_number(result: v1.VQEDecoratedResult) -> None:
    assert decode_key(encode_key(result)) == result.molecule_id


@given(int32)
def test_any_avro_library_reads_and_writes_keys(number: int) -> None:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, json.loads(KEY_SCHEMA), number)
    assert decode_key(body.getvalue()) == number


def test_one_molecules_runs_have_one_key(result: v2.VQEDecoratedResult) -> None:
    other = result.model_copy(update={"run_id": "another", "basis_set": "631g"})
    assert encode_key(other) == encode_key(result)


@given(st.binary(max_size=12))
def test_bytes_are_a_key_or_refused(body: bytes) -> None:
    try:
        number = decode_key(body)
    except UndecodableError:
        return
    assert -(2**31) <= number < 2**31


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "ends early"),
        (b"\x02\x00", "1 bytes follow the key"),
        (b"\x80\x80\x80\x80\x20", "more than 32 bits"),
        (b"\xff" * 11, "more than 64 bits"),
    ],
)
def test_what_is_no_key_is_told(body: bytes, words: str) -> None:
    with pytest.raises(UndecodableError, match=words):
        decode_key(body)
