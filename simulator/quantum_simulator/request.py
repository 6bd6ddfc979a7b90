"""What cannot be asked for together, told before anything is computed."""

from collections.abc import Iterator

from quantum_contracts.errors import UsageError
from quantum_simulator.settings import SimulatorSettings

HARDWARE_EFFICIENT = ("efficient-su2", "real-amplitudes", "excitation-preserving")
GRADIENT_OPTIMIZERS = ("L-BFGS-B", "BFGS", "CG", "SLSQP", "TNC", "Newton-CG", "trust-constr")
GRADIENT_FREE = "COBYLA, COBYQA, Nelder-Mead, Powell or SPSA"
BREAK_SYMMETRIES = ("uccsd", "k-upccgsd")  # their factors need not keep what `tapered` removes


def check_request(settings: SimulatorSettings) -> None:
    """See that the settings go together.

    Raises:
        UsageError: they do not; the message tells what was given, and a way out.
    """
    for impossible, told in _rules(settings):
        if impossible:
            raise UsageError(told)


def _rules(given: SimulatorSettings) -> Iterator[tuple[bool, str]]:
    """Every rule: whether it is broken, and what to tell then."""
    yield from _backend_rules(given)
    yield from _optimizer_rules(given)
    yield from _ansatz_rules(given)


def _backend_rules(given: SimulatorSettings) -> Iterator[tuple[bool, str]]:
    parametrised = given.depolarizing_1q > 0 or given.depolarizing_2q > 0 or given.readout_error > 0
    noisy = given.noise is not None or parametrised
    yield (
        given.backend == "exact" and given.shots > 0,
        f"--shots {given.shots} with backend exact, which does not sample; choose --backend aer",
    )
    yield (
        given.backend != "aer" and noisy,
        f"a noise model with backend {given.backend}; choose --backend aer, which simulates noise",
    )
    yield (
        given.noise is not None and parametrised,
        f"--noise {given.noise} and a noise model by parameters; give one of them",
    )
    yield (
        given.backend != "aer" and given.device == "gpu",
        f"--device gpu with backend {given.backend}; choose --backend aer, which can use one",
    )
    yield (
        given.backend == "ibm" and given.ibm_device is None,
        "--backend ibm needs --ibm-device, the name of a device of your account, or of a fake one such as FakeManilaV2",
    )
    yield (
        given.backend != "ibm" and given.ibm_device is not None,
        f"--ibm-device {given.ibm_device} with backend {given.backend}; choose --backend ibm",
    )
    yield (
        given.backend == "ibm" and given.shots == 0,
        "--backend ibm measures; give --shots, for example 4096",
    )


def _optimizer_rules(given: SimulatorSettings) -> Iterator[tuple[bool, str]]:
    wants_gradient = given.optimizer in GRADIENT_OPTIMIZERS
    yield (
        wants_gradient and given.shots > 0,
        f"optimizer {given.optimizer} needs exact gradients, and --shots {given.shots} gives noisy ones; "
        f"choose {GRADIENT_FREE}",
    )
    yield (
        given.optimizer == "SPSA" and given.tolerance is not None,
        "--tolerance with optimizer SPSA, which makes --max-iterations steps, whatever it finds; leave it out",
    )
    yield (
        given.optimizer != "SPSA" and (given.learning_rate is not None or given.perturbation is not None),
        f"--learning-rate and --perturbation are SPSA's, optimizer {given.optimizer} has none; leave them out",
    )


def _ansatz_rules(given: SimulatorSettings) -> Iterator[tuple[bool, str]]:
    yield (
        given.ansatz == "excitation-preserving" and given.mapper != "jordan_wigner",
        f"ansatz excitation-preserving keeps the number of ones among the qubits, which is the number of electrons "
        f"under jordan_wigner only, not under {given.mapper}; choose --mapper jordan_wigner or ansatz efficient-su2",
    )
    yield (
        given.mapper == "tapered" and given.ansatz in BREAK_SYMMETRIES,
        f"mapper tapered removes symmetries that factors of {given.ansatz} break; choose --ansatz sa-uccsd, "
        "or --mapper parity",
    )
    yield (
        given.init_strategy == "mp2" and given.ansatz in HARDWARE_EFFICIENT,
        f"MP2 gives amplitudes of excitations, and ansatz {given.ansatz} has none; choose --init-strategy random or hf",
    )
    yield (
        given.init_strategy == "hf" and given.ansatz in HARDWARE_EFFICIENT and given.optimizer in GRADIENT_OPTIMIZERS,
        f"at Hartree-Fock the gradient of ansatz {given.ansatz} is zero, and optimizer {given.optimizer} would stay "
        "there; choose --init-strategy random",
    )
    yield (
        given.ansatz == "adapt" and given.backend != "exact",
        f"ansatz adapt grows on the exact backend; run it there, not on {given.backend}",
    )
    yield (
        given.ansatz == "adapt" and given.ansatz_reps != 1,
        f"--ansatz-reps {given.ansatz_reps} with ansatz adapt, which decides itself what to repeat; leave it out",
    )
    yield (
        given.ansatz == "adapt" and given.warm_start is not None,
        "--warm-start with ansatz adapt, which grows from the Hartree-Fock determinant; leave it out",
    )
    yield (
        given.ansatz == "adapt" and given.init_strategy is not None,
        f"--init-strategy {given.init_strategy} with ansatz adapt, which grows from the Hartree-Fock determinant; "
        "leave it out",
    )
