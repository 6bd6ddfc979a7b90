"""Keys of messages: the molecule's number, so that one molecule's runs keep their order within a partition."""

from quantum_contracts import v1
from quantum_contracts.binary_reader import UndecodableError, compile_reader
from quantum_contracts.binary_writer import compile_writer
from quantum_contracts.fields import INT32_MAX, INT32_MIN

KEY_SCHEMA = '"int"'
"""The schema's text, as registries take it."""

_write = compile_writer("int")
_read = compile_reader("int")


def encode_key(result: v1.VQEDecoratedResult) -> bytes:
    """Encode the key of `result` as an Avro body, to be framed with the id of `KEY_SCHEMA`."""
    body = bytearray()
    _write(result.molecule_id, body)
    return bytes(body)


def decode_key(body: bytes) -> int:
    """Read a molecule's number from the Avro body of a key.

    Raises:
        UndecodableError: it is not one 32-bit integer.
    """
    molecule_id: int
    molecule_id, end = _read(body, 0)
    if end < len(body):
        raise UndecodableError(f"{len(body) - end} bytes follow the key")
    if not INT32_MIN <= molecule_id <= INT32_MAX:
        raise UndecodableError(f"the key {molecule_id} has more than 32 bits")
    return molecule_id
