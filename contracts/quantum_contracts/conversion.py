"""A result of the latest version as another version sees it."""

from quantum_contracts import v1, v2
from quantum_contracts.encoding import to_avro
from quantum_contracts.topics import VERSIONS


def to_version(result: v2.VQEDecoratedResult, version: str) -> v1.VQEDecoratedResult:
    """Convert `result` to `version` ("v1", "v2"); what that version has no field for is left out."""
    model: type[v1.VQEDecoratedResult] = VERSIONS[version].VQEDecoratedResult
    return result if type(result) is model else model.model_validate(to_avro(result, version))
