"""What goes wrong between us and a schema registry, on one line each."""

from quantum_contracts.errors import QuantumPipelineError


class RegistryUnavailableError(QuantumPipelineError):
    """No answer that can be used: not reachable, too slow, failing itself, or not a registry. Trying later may help."""


class RegistryRefusalError(QuantumPipelineError):
    """The registry says no: trying again changes nothing."""


class IncompatibleSchemaError(RegistryRefusalError):
    """The subject's compatibility does not allow the schema."""


class NotRegisteredError(RegistryRefusalError):
    """The registry has no such subject, version or schema."""


class UnusableSchemaError(RegistryRefusalError):
    """The registry has the schema, but it is none that we can use: not Avro, not whole, not JSON."""
