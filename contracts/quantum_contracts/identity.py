"""The identity of an experiment: the same under every engine, after every re-processing, for every copy of it."""

import hashlib

from quantum_contracts import v2
from quantum_contracts.encoding import encode


def experiment_id(result: v2.VQEDecoratedResult, version: str) -> str:
    """Tell the identity of a result that was written as `version`.

    It is the result's `run_id`; where there is none, as always in v1, the SHA-256 (hexadecimal) of the record's Avro
    body, encoded anew with the released schema, so that a writer's choice of array blocks does not matter.
    """
    return result.run_id or hashlib.sha256(encode(result, version)).hexdigest()
