"""What a backend can be told, and what must be known of it before hours of work."""

from dataclasses import dataclass

from quantum_contracts.errors import UsageError
from quantum_simulator.monitoring.memory import available_memory

NO_NOISE = "none"
COMPLEX = 16  # bytes
DENSITY_MATRICES = 3  # that Aer holds at once: its own, the one saved, the one set


@dataclass(frozen=True)
class BackendOptions:
    """How energies are evaluated; every field but `seed` is left at its default by the backend `exact`.

    `noise` is the name of a fake device whose noise is simulated; the three error probabilities make a noise model of
    their own instead. `resilience_level` is the error mitigation of IBM Quantum, `optimization_level` how hard circuits
    are transpiled for a device.
    """

    shots: int = (
        0  # measurements of each group of Pauli strings that are measured together; 0: exact expectation values
    )
    noise: str | None = None
    depolarizing_1q: float = 0.0  # the probability that a one-qubit gate leaves nothing but noise
    depolarizing_2q: float = 0.0
    readout_error: float = 0.0  # the probability that a bit is read wrong
    device: str = "cpu"  # or gpu
    ibm_device: str | None = None
    resilience_level: int = 1
    optimization_level: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.shots < 0:
            raise UsageError(f"shots is {self.shots}, it must be 0 (exact expectation values) or more")
        for name in ("depolarizing_1q", "depolarizing_2q", "readout_error"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise UsageError(f"{name} is {getattr(self, name)}, it must be a probability, 0 to 1")
        if self.device not in ("cpu", "gpu"):
            raise UsageError(f"there is no device {self.device!r}; allowed: cpu, gpu")
        for name, highest in (("resilience_level", 2), ("optimization_level", 3)):
            if not 0 <= getattr(self, name) <= highest:
                raise UsageError(f"{name} is {getattr(self, name)}, it must be 0 to {highest}")
        if self.noise is not None and self.error_probabilities:
            raise UsageError(f"noise of {self.noise} and error probabilities of your own; choose one of them")

    @property
    def error_probabilities(self) -> dict[str, float]:
        """Those above zero, by name."""
        names = ("depolarizing_1q", "depolarizing_2q", "readout_error")
        return {name: getattr(self, name) for name in names if getattr(self, name) > 0}

    @property
    def is_noisy(self) -> bool:
        """Whether noise is simulated."""
        return self.noise is not None or bool(self.error_probabilities)

    @property
    def noise_backend(self) -> str:
        """The noise as results tell it: a device, the error probabilities, or `none`."""
        told = ",".join(f"{name}={value:g}" for name, value in self.error_probabilities.items())
        return self.noise or self.ibm_device or told or NO_NOISE


def supports_gradient(name: str, options: BackendOptions) -> bool:
    """Whether the backend gives exact gradients, which optimisers need; a sampled energy has none."""
    return name != "ibm" and options.shots == 0


def check_options(name: str, options: BackendOptions, num_qubits: int) -> None:
    """See that the machine, the devices and the account can do what is asked for a circuit of `num_qubits`.

    It asks nothing of a network. Libraries are imported only where an option needs them.

    Raises:
        UsageError: there is no such device, it is too small, noise needs more memory than there is, there is no GPU,
            there is no account of IBM Quantum.
    """
    if options.is_noisy:
        check_density_matrix(num_qubits, options)
    if name == "aer" and options.noise is not None:
        from quantum_simulator.backends.fake_devices import check_device_size, fake_device

        check_device_size(fake_device(options.noise), num_qubits)
    if name == "aer" and options.device == "gpu":
        from quantum_simulator.backends.aer import check_gpu

        check_gpu()
    if name == "ibm":
        from quantum_simulator.backends.ibm import check_ibm

        check_ibm(options, num_qubits)


def check_density_matrix(num_qubits: int, options: BackendOptions) -> None:
    """Raise a UsageError where the density matrix of so many qubits does not fit into the memory."""
    needed, available = DENSITY_MATRICES * COMPLEX * 4**num_qubits, available_memory()
    if needed > available:
        raise UsageError(
            f"noise ({options.noise_backend}) is simulated by a density matrix, which for {num_qubits} qubits takes "
            f"{needed / 1e9:.3g} GB of memory, {available / 1e9:.3g} GB are available; choose a smaller active space "
            "or --mapper tapered, or leave the noise out"
        )
