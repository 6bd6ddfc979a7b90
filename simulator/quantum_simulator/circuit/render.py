"""A circuit as OpenQASM 3, and as a circuit of qiskit."""

from typing import TYPE_CHECKING

import numpy as np

from quantum_simulator.circuit.circuit import Circuit, Gate

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

DEFINITIONS = {  # gates that stdgates.inc lacks, as qiskit writes them
    "rxx": """\
gate rxx(p0) _gate_q_0, _gate_q_1 {
  h _gate_q_0;
  h _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_1;
  h _gate_q_0;
}""",
    "ryy": """\
gate sxdg _gate_q_0 {
  s _gate_q_0;
  h _gate_q_0;
  s _gate_q_0;
}
gate ryy(p0) _gate_q_0, _gate_q_1 {
  sxdg _gate_q_0;
  sxdg _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  sx _gate_q_0;
  sx _gate_q_1;
}""",
}


def to_qasm3(circuit: Circuit) -> str:
    """The circuit as OpenQASM 3 with one input angle per parameter, as qiskit would write it."""
    names = circuit.parameter_names
    used = dict.fromkeys(gate.name for gate in circuit.gates)  # in order of appearance
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    lines += [f"input float[64] {name};" for name in names]
    lines += [DEFINITIONS[name] for name in used if name in DEFINITIONS]
    lines.append(f"qubit[{circuit.num_qubits}] q;")
    for gate in circuit.gates:
        qubits = ", ".join(f"q[{qubit}]" for qubit in gate.qubits)
        if gate.angle < 0:
            lines.append(f"{gate.name} {qubits};")
        else:
            lines.append(f"{gate.name}({_product(_factor(circuit, gate), names[_parameter(circuit, gate)])}) {qubits};")
    return "\n".join(lines) + "\n"


def to_qiskit(circuit: Circuit) -> "QuantumCircuit":
    """The same circuit for qiskit; its parameters, in order, are those of the circuit."""
    from qiskit.circuit import Parameter, QuantumCircuit  # whoever simulates exactly needs no qiskit

    parameters = [Parameter(name) for name in circuit.parameter_names]
    made = QuantumCircuit(circuit.num_qubits)
    for gate in circuit.gates:
        if gate.angle < 0:
            getattr(made, gate.name)(*gate.qubits)
        else:
            getattr(made, gate.name)(_factor(circuit, gate) * parameters[_parameter(circuit, gate)], *gate.qubits)
    return made


def _parameter(circuit: Circuit, gate: Gate) -> int:
    return circuit.angles[gate.angle].parameter


def _factor(circuit: Circuit, gate: Gate) -> float:
    return gate.factor * circuit.angles[gate.angle].coefficient


def _product(factor: float, name: str) -> str:
    """As qiskit prints it."""
    if abs(factor) == 1.0:
        return name if factor > 0 else f"-{name}"
    number = np.format_float_positional(factor, trim="-")
    return f"{number}*{name}" if factor > 0 else f"({number})*{name}"
