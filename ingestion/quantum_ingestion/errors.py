"""What goes wrong between us and Kafka Connect, Kafka and the object store, on one line each."""

from quantum_contracts.errors import QuantumPipelineError


class ConnectUnavailableError(QuantumPipelineError):
    """No Connect worker gives an answer that can be used. Trying later may help."""


class ConnectRefusalError(QuantumPipelineError):
    """The worker says no: trying again changes nothing."""


class NoConnectorError(ConnectRefusalError):
    """The worker has no connector of this name."""


class ConnectorNotRunningError(QuantumPipelineError):
    """The connector or a task of it failed, or did not start in time."""


class BrokerError(QuantumPipelineError):
    """The broker does not answer, or says no."""


class StoreError(QuantumPipelineError):
    """The object store does not answer, or says no."""
