"""Qiskit Aer: statevector simulation of the task's gates, expectation values of its Pauli strings."""

from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class Aer(Peer):
    gradient = "differences"

    def __init__(self, task: Task) -> None:
        self._task = task
        self._angles = list(ParameterVector("t", task.num_parameters))
        self._circuit = QuantumCircuit(task.num_qubits)
        for name, qubits, parameter, factor in task.gates:
            turn = () if parameter < 0 else (factor * self._angles[parameter],)
            getattr(self._circuit, name)(*turn, *qubits)
        operator = SparsePauliOp(task.labels.tolist(), task.coefficients)
        # a method that qiskit_aer gives to every QuantumCircuit
        self._circuit.save_expectation_value(operator, range(task.num_qubits))
        self._simulator = AerSimulator(method="statevector", max_parallel_threads=1)

    @property
    def start(self) -> Parameters:
        return self._task.start

    def energy(self, parameters: Parameters) -> float:
        binds = {angle: [value] for angle, value in zip(self._angles, parameters.tolist(), strict=True)}
        result = self._simulator.run(self._circuit, parameter_binds=[binds]).result()
        return float(result.data(0)["expectation_value"]) + self._task.offset


if __name__ == "__main__":
    serve(Aer, ["qiskit-aer", "qiskit"])
