"""Energy and exact gradient of EfficientSU2 with two layers on Jordan-Wigner qubits, ours against other libraries.

    OMP_NUM_THREADS=1 PYTHONPATH=contracts:simulator python bench/statevector_gradients.py write H2 LiH H2O --to FOLDER
    OMP_NUM_THREADS=1 python bench/statevector_gradients.py LIBRARY FOLDER/*.json

The first command writes the problems and what our backend makes of them; the second is run in an environment that has
the LIBRARY (pennylane has lightning; qulacs has qulacs-backprop and qulacs-grad). Energy and gradient are compared with
ours before a time counts; the best of the repetitions counts.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]
Problem = dict[str, Any]


def write(names: list[str], folder: Path) -> None:
    from quantum_simulator.ansatz.hardware_efficient import hardware_efficient
    from quantum_simulator.backends.statevector import StatevectorBackend
    from quantum_simulator.electronic.mean_field import electronic_problem
    from quantum_simulator.molecules.catalogue import built_in
    from quantum_simulator.qubits.encoding import encoding, map_hamiltonian

    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        problem = electronic_problem(built_in(name).info, "sto3g")
        to_qubits = encoding("jordan_wigner", problem)
        hamiltonian = map_hamiltonian(problem, to_qubits)
        circuit = hardware_efficient("efficient-su2", problem, to_qubits, reps=2).circuit
        angles = np.random.default_rng(0).uniform(-np.pi, np.pi, circuit.num_parameters)
        estimate, gradient = StatevectorBackend(hamiltonian, 0.0, circuit).energy_and_gradient(angles)
        content = {
            "name": name,
            "num_qubits": circuit.num_qubits,
            "gates": [(gate.name, gate.qubits, gate.angle) for gate in circuit.gates],
            "labels": hamiltonian.labels,
            "coefficients": hamiltonian.coefficients.tolist(),
            "angles": angles.tolist(),
            "energy": estimate.energy,
            "gradient": gradient.tolist(),
        }
        (folder / f"{name}.json").write_text(json.dumps(content))


def ours(problem: Problem) -> Evaluate:
    from quantum_simulator.backends.statevector import StatevectorBackend
    from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
    from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

    hamiltonian = QubitHamiltonian(problem["labels"], np.array(problem["coefficients"]))
    gates = tuple(Gate(name, tuple(qubits), angle, float(angle >= 0)) for name, qubits, angle in problem["gates"])
    count = len(problem["angles"])
    circuit = Circuit(problem["num_qubits"], count, tuple(Angle(k) for k in range(count)), gates)
    backend = StatevectorBackend(hamiltonian, 0.0, circuit)

    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        estimate, gradient = backend.energy_and_gradient(angles)
        return estimate.energy, gradient

    return evaluate


def lightning(problem: Problem) -> Evaluate:
    import pennylane as qml

    factors = [
        [qml.PauliX(k) if p == "X" else qml.PauliY(k) if p == "Y" else qml.PauliZ(k) for k, p in letters]
        or [qml.Identity(0)]
        for letters in _letters(problem)
    ]
    terms = [qml.prod(*factor) if len(factor) > 1 else factor[0] for factor in factors]
    matrix = qml.dot(problem["coefficients"], terms).sparse_matrix(wire_order=range(problem["num_qubits"]))
    observable = qml.SparseHamiltonian(matrix, wires=range(problem["num_qubits"]))
    device = qml.device("lightning.qubit", wires=problem["num_qubits"])
    operations = {"x": qml.PauliX, "cx": qml.CNOT, "ry": qml.RY, "rz": qml.RZ}

    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        gates = [
            operations[name](*([angles[angle]] if angle >= 0 else []), wires=qubits)
            for name, qubits, angle in problem["gates"]
        ]
        tape = qml.tape.QuantumScript(gates, [qml.expval(observable)])
        tape.trainable_params = list(range(len(problem["angles"])))
        energy, gradient = device.execute_and_compute_derivatives(
            [tape], qml.devices.ExecutionConfig(gradient_method="adjoint")
        )
        return float(energy[0]), np.array(gradient[0]).ravel()

    return evaluate


def qulacs_backprop(problem: Problem) -> Evaluate:
    from qulacs import QuantumState

    circuit, observable = _of_qulacs(problem)

    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        for number, angle in enumerate(angles):
            circuit.set_parameter(number, -angle)
        state = QuantumState(problem["num_qubits"])
        circuit.update_quantum_state(state)
        return float(observable.get_expectation_value(state)), -np.array(circuit.backprop(observable))

    return evaluate


def qulacs_grad_calculator(problem: Problem) -> Evaluate:
    from qulacs import GradCalculator, QuantumState

    circuit, observable = _of_qulacs(problem)
    calculator = GradCalculator()

    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        gradient = calculator.calculate_grad(circuit, observable, (-angles).tolist())
        for number, angle in enumerate(angles):
            circuit.set_parameter(number, -angle)
        state = QuantumState(problem["num_qubits"])
        circuit.update_quantum_state(state)
        return float(observable.get_expectation_value(state)), -np.array(gradient).real

    return evaluate


def _of_qulacs(problem: Problem) -> tuple[Any, Any]:
    """Its circuit, whose rotations turn the other way, and its observable."""
    from qulacs import Observable, ParametricQuantumCircuit

    observable = Observable(problem["num_qubits"])
    for coefficient, letters in zip(problem["coefficients"], _letters(problem), strict=True):
        observable.add_operator(coefficient, " ".join(f"{letter} {qubit}" for qubit, letter in letters))
    circuit = ParametricQuantumCircuit(problem["num_qubits"])
    for name, qubits, _ in problem["gates"]:
        if name == "x":
            circuit.add_X_gate(*qubits)
        elif name == "cx":
            circuit.add_CNOT_gate(*qubits)
        else:
            (circuit.add_parametric_RY_gate if name == "ry" else circuit.add_parametric_RZ_gate)(*qubits, 0.0)
    return circuit, observable


def mindquantum(problem: Problem) -> Evaluate:
    from mindquantum.core.circuit import Circuit
    from mindquantum.core.gates import CNOT, RY, RZ, X
    from mindquantum.core.operators import Hamiltonian, QubitOperator
    from mindquantum.simulator import Simulator

    circuit = Circuit()
    for name, qubits, angle in problem["gates"]:
        if name == "x":
            circuit += X.on(qubits[0])
        elif name == "cx":
            circuit += CNOT.on(qubits[1], qubits[0])
        else:
            circuit += (RY if name == "ry" else RZ)(f"p{angle:04}").on(qubits[0])
    operator = QubitOperator()
    for coefficient, letters in zip(problem["coefficients"], _letters(problem), strict=True):
        operator += QubitOperator(" ".join(f"{letter}{qubit}" for qubit, letter in letters), coefficient)
    simulator = Simulator("mqvector", problem["num_qubits"])
    sparse = Hamiltonian(operator).sparse(problem["num_qubits"])
    calculate = simulator.get_expectation_with_grad(sparse, circuit)

    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        energy, gradient = calculate(angles)
        return float(energy[0, 0].real), gradient[0, 0].real

    return evaluate


def qiskit_algorithms(problem: Problem) -> Evaluate:
    from qiskit.circuit import ParameterVector, QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector
    from qiskit_algorithms.gradients import ReverseEstimatorGradient

    parameters = ParameterVector("p", len(problem["angles"]))
    circuit = QuantumCircuit(problem["num_qubits"])
    for name, qubits, angle in problem["gates"]:
        getattr(circuit, name)(*([parameters[angle]] if angle >= 0 else []), *qubits)
    operator = SparsePauliOp(problem["labels"], problem["coefficients"])
    gradient = ReverseEstimatorGradient()

    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        energy = Statevector(circuit.assign_parameters(angles)).expectation_value(operator).real
        return energy, np.array(gradient.run([circuit], [operator], [angles]).result().gradients[0])

    return evaluate


LIBRARIES: dict[str, tuple[Callable[[Problem], Evaluate], str]] = {
    "ours": (ours, "numba"),
    "lightning": (lightning, "pennylane-lightning"),
    "qulacs-backprop": (qulacs_backprop, "qulacs"),
    "qulacs-grad": (qulacs_grad_calculator, "qulacs"),
    "mindquantum": (mindquantum, "mindquantum"),
    "qiskit-algorithms": (qiskit_algorithms, "qiskit-algorithms"),
}


def _letters(problem: Problem) -> list[list[tuple[int, str]]]:
    """The letters of each term that are not the identity's, with their qubits."""
    return [
        [(qubit, letter) for qubit, letter in enumerate(label[::-1]) if letter != "I"] for label in problem["labels"]
    ]


def measure(library: str, path: Path, seconds: float) -> str:
    problem = json.loads(path.read_text())
    make, package = LIBRARIES[library]
    start = time.perf_counter()
    evaluate = make(problem)
    setup = time.perf_counter() - start
    angles = np.array(problem["angles"])
    energy, gradient = evaluate(angles)
    assert abs(energy - problem["energy"]) < 1e-10, f"energy {energy}, expected {problem['energy']}"
    assert np.abs(gradient - problem["gradient"]).max() < 1e-9, "another gradient"
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        evaluate(angles)
        times.append(time.perf_counter() - start)
    return f"{library:18}{package} {version(package):10}{problem['name']:6}{setup * 1e3:12.1f}{min(times) * 1e3:12.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", choices=["write", *LIBRARIES])
    parser.add_argument("problems", nargs="+", help="files, or with `write` names of molecules")
    parser.add_argument("--to", type=Path, default=Path("problems"), help="folder for `write` (default: problems)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each is repeated (default: 3)")
    options = parser.parse_args()
    if options.library == "write":
        write(options.problems, options.to)
        return
    print(f"# command: python {' '.join(sys.argv)}; milliseconds: set-up, energy with gradient")
    for path in options.problems:
        print(measure(options.library, Path(path), options.seconds), flush=True)


if __name__ == "__main__":
    main()
