"""A circuit as a noisy device would run it: in the device's gates, on the qubits that it uses, with their errors."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Parameter
from qiskit.providers import BackendV2
from qiskit.transpiler import Target, generate_preset_pass_manager
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error
from qiskit_aer.noise.device import basic_device_gate_errors, basic_device_readout_errors

from quantum_simulator.backends.options import BackendOptions

VIRTUAL, ONE_QUBIT_GATES, TWO_QUBIT_GATE = "rz", ("sx", "x"), "cx"  # rz is a change of phase, which takes no time


@dataclass(frozen=True)
class PhysicalCircuit:
    """A circuit in native gates, on qubits numbered from 0.

    `qubits[k]` holds qubit k of the circuit that it was made from. `rotations` are circuits of one qubit that turn the
    basis X or Y into Z. `confusion[q, r, s]` is the probability that qubit q, being s, is read as r.
    """

    circuit: QuantumCircuit
    parameters: tuple[Parameter, ...]  # of the circuit that it was made from, in order
    qubits: tuple[int, ...]
    rotations: dict[str, QuantumCircuit]
    noise: NoiseModel | None
    confusion: NDArray[np.float64]  # shape (qubits of the circuit, 2, 2)


def noiseless(circuit: QuantumCircuit) -> PhysicalCircuit:
    """The circuit as it is, without errors."""
    n = circuit.num_qubits
    return PhysicalCircuit(
        circuit, tuple(circuit.parameters), tuple(range(n)), _rotations(None), None, np.tile(np.eye(2), (n, 1, 1))
    )


def on_device(circuit: QuantumCircuit, device: BackendV2, options: BackendOptions) -> PhysicalCircuit:
    """The circuit transpiled to the device, with its depolarising, relaxation and readout errors (Aer's model)."""
    transpiler = generate_preset_pass_manager(
        optimization_level=options.optimization_level, target=device.target, seed_transpiler=options.seed
    )
    transpiled = transpiler.run(circuit)
    layout = transpiled.layout.final_index_layout()
    used = {transpiled.find_bit(qubit).index for instruction in transpiled.data for qubit in instruction.qubits}
    number = {physical: compact for compact, physical in enumerate(sorted(used | set(layout)))}
    target = _restricted(device.target, number)
    noise = NoiseModel(basis_gates=list(device.operation_names))
    for name, qubits, error in basic_device_gate_errors(target=target):
        noise.add_quantum_error(error, name, list(qubits), warnings=False)
    readout = [(qubits[0], error) for qubits, error in basic_device_readout_errors(target=target)]
    return PhysicalCircuit(
        circuit=_renumbered(transpiled, number),
        parameters=tuple(circuit.parameters),
        qubits=tuple(number[physical] for physical in layout),
        rotations=_rotations([name for name in ("rz", "sx", "x", "u3", "u2", "u1") if name in device.operation_names]),
        noise=noise,
        confusion=_with_readout(noise, readout, len(number)),
    )


def with_error_probabilities(circuit: QuantumCircuit, options: BackendOptions) -> PhysicalCircuit:
    """The circuit in the gates rz, sx, x and cx between any two qubits; all but rz are depolarising.

    A depolarising error of probability p replaces the state of its qubits by the maximally mixed one with probability
    p (Nielsen and Chuang, section 8.3.4).
    """
    gates = [VIRTUAL, *ONE_QUBIT_GATES, TWO_QUBIT_GATE]
    transpiler = generate_preset_pass_manager(
        optimization_level=options.optimization_level, basis_gates=gates, seed_transpiler=options.seed
    )
    transpiled = transpiler.run(circuit)
    n = circuit.num_qubits
    qubits = transpiled.layout.final_index_layout() if transpiled.layout is not None else range(n)
    noise = NoiseModel(basis_gates=gates)
    if options.depolarizing_1q > 0:
        noise.add_all_qubit_quantum_error(depolarizing_error(options.depolarizing_1q, 1), list(ONE_QUBIT_GATES))
    if options.depolarizing_2q > 0:
        noise.add_all_qubit_quantum_error(depolarizing_error(options.depolarizing_2q, 2), [TWO_QUBIT_GATE])
    e = options.readout_error
    readout = [(qubit, ReadoutError([[1 - e, e], [e, 1 - e]])) for qubit in range(n)] if e > 0 else []
    return PhysicalCircuit(
        circuit=transpiled,
        parameters=tuple(circuit.parameters),
        qubits=tuple(qubits),
        rotations=_rotations(gates),
        noise=noise,
        confusion=_with_readout(noise, readout, n),
    )


def _with_readout(
    noise: NoiseModel, readout: Iterable[tuple[int, ReadoutError]], num_qubits: int
) -> NDArray[np.float64]:
    """Add the readout errors to the model, and tell them as a matrix for each qubit, shape (num_qubits, 2, 2)."""
    confusion = np.tile(np.eye(2), (num_qubits, 1, 1))
    for qubit, error in readout:
        noise.add_readout_error(error, [qubit], warnings=False)
        confusion[qubit] = np.transpose(error.probabilities)  # Aer's rows are what the qubit is
    return confusion


def _rotations(native_gates: list[str] | None) -> dict[str, QuantumCircuit]:
    to_x, to_y = QuantumCircuit(1), QuantumCircuit(1)
    to_x.h(0)
    to_y.sdg(0)
    to_y.h(0)
    if native_gates is None:
        return {"X": to_x, "Y": to_y}
    transpiler = generate_preset_pass_manager(optimization_level=1, basis_gates=native_gates)
    return {"X": transpiler.run(to_x), "Y": transpiler.run(to_y)}


def _renumbered(circuit: QuantumCircuit, number: dict[int, int]) -> QuantumCircuit:
    """The same gates on the qubits `number[physical]` alone."""
    made = QuantumCircuit(len(number), global_phase=circuit.global_phase)
    for instruction in circuit.data:
        qubits = [made.qubits[number[circuit.find_bit(qubit).index]] for qubit in instruction.qubits]
        made.append(CircuitInstruction(instruction.operation, qubits))
    return made


def _restricted(target: Target, number: dict[int, int]) -> Target:
    """What the target tells of the qubits in `number`, under their new numbers."""
    properties = target.qubit_properties
    kept = Target(num_qubits=len(number), qubit_properties=[properties[physical] for physical in number], dt=target.dt)
    for name in target.operation_names:
        operation = target.operation_from_name(name)
        if isinstance(operation, type):  # control flow
            continue
        of_qubits = {
            tuple(number[qubit] for qubit in qubits): told
            for qubits, told in target[name].items()
            if set(qubits) <= set(number)
        }
        if of_qubits:
            kept.add_instruction(operation, of_qubits, name=name)
    return kept
