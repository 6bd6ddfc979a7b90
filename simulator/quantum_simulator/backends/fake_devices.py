"""The fake devices of qiskit-ibm-runtime: recorded calibrations of IBM's machines, by name."""

from functools import cache

from qiskit.providers import BackendV2
from qiskit_ibm_runtime import fake_provider
from qiskit_ibm_runtime.fake_provider.fake_backend import FakeBackendV2

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError


def is_fake(name: str) -> bool:
    """Whether a device of that name would be a fake one: FakeManilaV2, or fake_manila as it calls itself."""
    return name.casefold().startswith("fake")


def fake_device(name: str) -> FakeBackendV2:
    """The fake device called `name`, in any case.

    Raises:
        UsageError: there is none.
    """
    known = _classes()
    by_name = {alias.casefold(): made for made in known for alias in (made.__name__, made.backend_name)}
    if name.casefold() not in by_name:
        raise UsageError(f"there is no fake device {name!r}; {suggestion(name, [made.__name__ for made in known])}")
    return by_name[name.casefold()]()


def check_device_size(device: BackendV2, num_qubits: int) -> None:
    """Raise a UsageError where the circuit has more qubits than the device."""
    if num_qubits > device.num_qubits:
        raise UsageError(
            f"{device.name} has {device.num_qubits} qubits, the circuit needs {num_qubits}; choose a larger device, "
            "--mapper tapered or a smaller active space"
        )


@cache
def _classes() -> tuple[type[FakeBackendV2], ...]:
    found = (getattr(fake_provider, name) for name in dir(fake_provider))
    return tuple(made for made in found if isinstance(made, type) and issubclass(made, FakeBackendV2))
