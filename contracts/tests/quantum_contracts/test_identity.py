import hashlib
import io
from typing import Any

import fastavro

from quantum_contracts import v2
from quantum_contracts.avro_schema import released
from quantum_contracts.block_codecs import Codec
from quantum_contracts.container import read_container, write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.encoding import decode, encode, to_avro
from quantum_contracts.identity import experiment_id


def test_a_run_id_is_the_identity(result: v2.VQEDecoratedResult) -> None:
    assert experiment_id(result, "v2") == result.run_id


def test_v1_is_identified_by_its_bytes_as_another_library_writes_them(result: v2.VQEDecoratedResult) -> None:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(released("v1")), to_avro(result, "v1"))
    expected = hashlib.sha256(body.getvalue()).hexdigest()
    assert experiment_id(decode(encode(result, "v1"), "v1"), "v1") == expected


def test_without_a_run_id_v2_is_identified_by_its_bytes(result: v2.VQEDecoratedResult) -> None:
    anonymous = v2.VQEDecoratedResult.model_validate(dict(result) | {"run_id": None})
    assert experiment_id(anonymous, "v2") == hashlib.sha256(encode(anonymous)).hexdigest()
    assert experiment_id(anonymous, "v2") != experiment_id(anonymous, "v1")


def test_array_blocks_do_not_matter(result: v2.VQEDecoratedResult) -> None:
    plain = encode(result, "v1")
    basis = b"\x0asto3g"
    assert plain.count(basis) == 1
    symbols = b"\x04\x02H\x02H\x00"  # one block of two
    assert plain.count(symbols) == 1
    blocks = plain.replace(symbols, b"\x02\x02H\x01\x04\x02H\x00")  # a block of one; one of one with its size in bytes
    assert experiment_id(decode(blocks, "v1"), "v1") == experiment_id(decode(plain, "v1"), "v1")


def test_copies_in_different_containers_are_one_experiment(result: v2.VQEDecoratedResult) -> None:
    found: set[Any] = set()
    codecs: list[Codec] = ["null", "deflate"]
    for codec in codecs:
        for _ in range(2):
            file = io.BytesIO()
            write_container(file, [to_version(result, "v1")], codec)
            file.seek(0)
            found.add(read_container(file)[0].experiment_id)
    assert len(found) == 1


def test_a_single_bit_makes_another_experiment(result: v2.VQEDecoratedResult) -> None:
    other = v2.VQEDecoratedResult.model_validate(dict(result) | {"run_id": None, "hf_energy": -0.0})
    same = v2.VQEDecoratedResult.model_validate(dict(result) | {"run_id": None, "hf_energy": 0.0})
    assert experiment_id(other, "v2") != experiment_id(same, "v2")
