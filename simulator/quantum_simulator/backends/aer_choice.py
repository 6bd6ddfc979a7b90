"""Which of Aer's simulations the options ask for."""

from quantum_simulator.backends import Backend
from quantum_simulator.backends.aer import AerBackend, aer_name, aer_simulator
from quantum_simulator.backends.aer_density_matrix import AerDensityMatrixBackend
from quantum_simulator.backends.aer_shots import AerShotsBackend
from quantum_simulator.backends.fake_devices import check_device_size, fake_device
from quantum_simulator.backends.measurement import measurement
from quantum_simulator.backends.noise import PhysicalCircuit, noiseless, on_device, with_error_probabilities
from quantum_simulator.backends.options import BackendOptions, check_density_matrix
from quantum_simulator.backends.shift_rule import shift_by_gate
from quantum_simulator.backends.staged import StagedSimulation
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.render import to_qiskit
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian


def aer_backend(
    options: BackendOptions, hamiltonian: QubitHamiltonian, energy_offset: float, circuit: Circuit
) -> Backend:
    """Shots are sampled, noise is exact by a density matrix, and with neither a statevector's energy is exact.

    Raises:
        UsageError: there is no such fake device or GPU, the device or the memory is too small.
    """
    if options.shots == 0 and not options.is_noisy:
        return AerBackend(hamiltonian, energy_offset, circuit, options.device)
    rule = shift_by_gate(circuit)
    groups = measurement(hamiltonian)
    simulator = aer_simulator("density_matrix" if options.is_noisy else "statevector", options.device)
    simulation = StagedSimulation(_physical(options, rule.circuit), groups.settings, simulator)
    if options.shots == 0:
        name = aer_name("aer_simulator_density_matrix", options.device)
        return AerDensityMatrixBackend(name, groups, energy_offset, rule, simulation)
    name = aer_name("aer_simulator", options.device)
    return AerShotsBackend(name, groups, energy_offset, rule, simulation, options.shots, options.seed)


def _physical(options: BackendOptions, circuit: Circuit) -> PhysicalCircuit:
    if options.noise is not None:
        device = fake_device(options.noise)
        check_device_size(device, circuit.num_qubits)
        physical = on_device(to_qiskit(circuit), device, options)
    elif options.is_noisy:
        physical = with_error_probabilities(to_qiskit(circuit), options)
    else:
        return noiseless(to_qiskit(circuit))
    check_density_matrix(physical.circuit.num_qubits, options)  # the device's routing may take more qubits
    return physical
