"""The IBM backend: energies from a device of IBM Quantum, or from a fake one on this machine."""

import weakref

import numpy as np
from numpy.typing import NDArray
from qiskit.exceptions import QiskitError
from qiskit.providers import BackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import Session
from qiskit_ibm_runtime.executor_estimator import Estimator
from requests.exceptions import RequestException

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_simulator.backends import Estimate
from quantum_simulator.backends.fake_devices import check_device_size, fake_device, is_fake
from quantum_simulator.backends.ibm_account import Account
from quantum_simulator.backends.options import BackendOptions
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.render import to_qiskit
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

LARGEST_SEED = 2**31 - 1


class IbmBackend:
    """Energies by the runtime's Estimator, all in one session, which ends with this object.

    The error of an energy is the one that the Estimator tells; on a fake device that is an upper bound, the sum of the
    errors of all terms. Fake devices know no resilience level. Every energy draws new measurements.
    """

    def __init__(
        self,
        device: BackendV2,
        options: BackendOptions,
        hamiltonian: QubitHamiltonian,
        energy_offset: float,
        circuit: Circuit,
        account: Account | None,
    ) -> None:
        self.name = device.name
        self._account = account
        transpiler = generate_preset_pass_manager(
            optimization_level=options.optimization_level, target=device.target, seed_transpiler=options.seed
        )
        self._circuit = transpiler.run(to_qiskit(circuit))
        identity = np.array([set(label) == {"I"} for label in hamiltonian.labels])
        self._constant = float(hamiltonian.coefficients[identity].sum()) + energy_offset
        observable = SparsePauliOp(hamiltonian.labels, np.where(identity, 0.0, hamiltonian.coefficients)).simplify()
        self._observable = observable.apply_layout(self._circuit.layout)
        try:
            session = Session(backend=device)
        except (QiskitError, RequestException) as error:
            raise _failed(error, account) from None
        weakref.finalize(self, session.close)
        self._estimator = Estimator(session)
        self._estimator.options.default_shots = options.shots
        self._estimator.options.resilience_level = options.resilience_level
        self._random = np.random.default_rng(options.seed)

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), and its error, hartree.

        Raises:
            QuantumPipelineError: the job fails, or the network.
        """
        if self._account is None:
            self._estimator.options.simulator.seed_simulator = int(self._random.integers(1, LARGEST_SEED))
        try:
            measured = self._estimator.run([(self._circuit, self._observable, parameters)]).result()[0].data
        except (QiskitError, RequestException) as error:
            raise _failed(error, self._account) from None
        return Estimate(float(measured.evs) + self._constant, float(measured.stds))


def ibm_backend(
    options: BackendOptions, hamiltonian: QubitHamiltonian, energy_offset: float, circuit: Circuit
) -> IbmBackend:
    """The device that the options name; a fake one where the name begins with Fake or fake.

    Raises:
        UsageError: there is no such device or no account, or the device is too small.
        QuantumPipelineError: IBM Quantum cannot be reached, or refuses.
    """
    check_ibm(options, circuit.num_qubits)
    name = str(options.ibm_device)
    if is_fake(name):
        return IbmBackend(fake_device(name), options, hamiltonian, energy_offset, circuit, account=None)
    account = Account.found()
    try:
        device = account.service().backend(name)
    except (QiskitError, RequestException) as error:
        raise _failed(error, account) from None
    check_device_size(device, circuit.num_qubits)
    return IbmBackend(device, options, hamiltonian, energy_offset, circuit, account)


def check_ibm(options: BackendOptions, num_qubits: int) -> None:
    """See, without a network, that there is a device of that size, or an account to ask for one, and shots.

    Raises:
        UsageError: there is none.
    """
    if options.ibm_device is None:
        raise UsageError("backend ibm needs the name of a device: one of your account, or a fake one like FakeManilaV2")
    if options.shots == 0:
        raise UsageError("backend ibm measures and cannot do without shots; give --shots, for example 4096")
    if is_fake(options.ibm_device):
        check_device_size(fake_device(options.ibm_device), num_qubits)
    else:
        Account.found()


def _failed(error: Exception, account: Account | None) -> QuantumPipelineError:
    """One line of what the runtime said, without the credentials."""
    lines = [line.strip() for line in str(error).strip("'\"").splitlines() if line.strip()]
    told = lines[0] if lines else type(error).__name__
    if account is not None:
        told = account.without_secrets(told)
    return QuantumPipelineError(
        f"IBM Quantum failed: {told}; see that the network, the account and the device's name are right"
    )
