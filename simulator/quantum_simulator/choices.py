"""What the settings choose, as the physics takes it."""

from quantum_simulator.backends.options import BackendOptions
from quantum_simulator.electronic.active_space import ActiveSpace
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.settings import SimulatorSettings

ANSATZ_NAMES = {  # as the field writes them
    "uccsd": "UCCSD",
    "sa-uccsd": "SA-UCCSD",
    "k-upccgsd": "k-UpCCGSD",
    "adapt": "ADAPT-VQE",
    "efficient-su2": "EfficientSU2",
    "real-amplitudes": "RealAmplitudes",
    "excitation-preserving": "ExcitationPreserving",
}


def ansatz_name(settings: SimulatorSettings, active_space: str | None) -> str:
    """The ansatz as results tell it, with the active space, for example `UCCSD CAS(6e,5o)`, where there is one."""
    name = ANSATZ_NAMES[settings.ansatz]
    return name if active_space is None else f"{name} {active_space}"


def active_space(settings: SimulatorSettings) -> ActiveSpace:
    """The electrons and orbitals that take part."""
    return ActiveSpace(settings.frozen_core, settings.active_electrons, settings.active_orbitals)


def backend_options(settings: SimulatorSettings) -> BackendOptions:
    """How the backend evaluates energies."""
    return BackendOptions(
        shots=settings.shots,
        noise=settings.noise,
        depolarizing_1q=settings.depolarizing_1q,
        depolarizing_2q=settings.depolarizing_2q,
        readout_error=settings.readout_error,
        device=settings.device,
        ibm_device=settings.ibm_device,
        resilience_level=settings.resilience_level,
        optimization_level=settings.optimization_level,
        seed=settings.seed,
    )


def optimizer(settings: SimulatorSettings) -> Optimizer:
    """The optimiser, and when it stops."""
    return Optimizer(
        settings.optimizer,
        settings.max_iterations,
        settings.tolerance,
        settings.seed,
        settings.learning_rate,
        settings.perturbation,
    )
