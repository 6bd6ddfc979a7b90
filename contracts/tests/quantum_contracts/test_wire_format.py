import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.binary_reader import UndecodableError
from quantum_contracts.wire_format import MAX_SCHEMA_ID, Message, frame, unframe


def test_the_layout_is_confluents() -> None:
    assert frame(b"body", 0x01020304) == b"\x00\x01\x02\x03\x04body"


@given(st.binary(max_size=50), st.integers(0, MAX_SCHEMA_ID))
def test_frames_open_again(body: bytes, schema_id: int) -> None:
    assert unframe(frame(body, schema_id)) == Message(schema_id, body)


@pytest.mark.parametrize("schema_id", [-1, 2**31])
def test_an_id_that_no_registry_gives_is_refused(schema_id: int) -> None:
    with pytest.raises(ValueError, match=f"schema_id must be between 0 and 2147483647, not {schema_id}"):
        frame(b"", schema_id)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"", "a header of 5 bytes, this one has 0 in all"),
        (b"\0\0\0\0", "this one has 4 in all"),
        (b"\x01\0\0\0\x01body", "begins with the byte 0x00, this one with 0x01"),
        (b"Obj\x01....", "this one with 0x4f"),
        (b"\0\xff\xff\xff\xffbody", "a schema id is at most 2147483647"),
    ],
)
def test_what_is_not_a_framed_message_is_told(message: bytes, reason: str) -> None:
    with pytest.raises(UndecodableError, match=reason):
        unframe(message)
