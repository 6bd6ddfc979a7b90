"""Version 1 of the contract: exactly the schema tables of the system's specification, section 1.

Field names, their order and their Avro types are released and never change. Energies are total energies in hartree
(electronic plus nuclear repulsion); times are in seconds.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from quantum_contracts.elements import electron_count
from quantum_contracts.fields import (
    Count,
    Double,
    Doubles,
    FromNumpy,
    Int32,
    NonNegative,
    Positive,
    Record,
    Rows,
    Seconds,
    plain_complex,
)

PauliLabel = Annotated[str, StringConstraints(pattern=r"^[IXYZ]+$")]


class ComplexNumber(Record):
    """A complex number as two doubles."""

    real: Double
    imaginary: Double


class HamiltonianTerm(Record):
    """A Pauli term of the qubit Hamiltonian: the leftmost letter of `label` acts on the highest qubit."""

    label: PauliLabel
    coefficients: Annotated[ComplexNumber, FromNumpy(plain_complex)] = Field(description="hartree")


class VQEInitialData(Record):
    """What the optimisation started from."""

    backend: str
    num_qubits: Positive
    hamiltonian: Annotated[list[HamiltonianTerm], Field(fail_fast=True)]
    num_parameters: Count
    initial_parameters: Doubles = Field(description="radians, shape (num_parameters,)")
    optimizer: str
    ansatz: str = Field(description="OpenQASM 3")
    ansatz_reps: Count
    noise_backend: str
    default_shots: Count

    @model_validator(mode="after")
    def _shapes_match(self) -> Self:
        _same_length("initial_parameters", self.initial_parameters, self.num_parameters)
        for index, term in enumerate(self.hamiltonian):
            if len(term.label) != self.num_qubits:
                raise ValueError(
                    f"hamiltonian[{index}].label has {len(term.label)} letters, expected {self.num_qubits} (num_qubits)"
                )
        return self


class VQEProcess(Record):
    """One evaluation of the cost function at a point that the optimiser asked for."""

    iteration: Count
    parameters: Doubles = Field(description="radians, shape (num_parameters,)")
    result: Double = Field(description="total energy, hartree")
    std: NonNegative = Field(description="standard deviation of the energy, hartree")


class VQEResult(Record):
    """The optimisation with its whole history."""

    initial_data: VQEInitialData
    iteration_list: Annotated[list[VQEProcess], Field(fail_fast=True)]
    minimum: Double = Field(description="lowest total energy found, hartree")
    optimal_parameters: Doubles = Field(description="radians, shape (num_parameters,)")
    maxcv: Double | None = Field(default=None, description="maximum constraint violation, where the optimiser has one")
    minimization_time: Seconds

    @model_validator(mode="after")
    def _shapes_match(self) -> Self:
        expected = self.initial_data.num_parameters
        _same_length("optimal_parameters", self.optimal_parameters, expected)
        for index, step in enumerate(self.iteration_list):
            _same_length(f"iteration_list[{index}].parameters", step.parameters, expected)
        return self


class MoleculeInfo(Record):
    """A molecule's geometry, charge and spin."""

    symbols: Annotated[list[str], Field(fail_fast=True)] = Field(min_length=1)
    coords: Rows = Field(description="shape (atoms, 3), in `units`")
    multiplicity: Positive
    charge: Int32
    units: Literal["angstrom", "bohr"]
    masses: Doubles | None = Field(default=None, description="atomic mass units, shape (atoms,)")

    @model_validator(mode="after")
    def _physically_possible(self) -> Self:
        atoms = len(self.symbols)
        _same_length("coords", self.coords, atoms)
        for index, position in enumerate(self.coords):
            _same_length(f"coords[{index}]", position, 3)
        if self.masses is not None:
            _same_length("masses", self.masses, atoms)
            if min(self.masses) <= 0:
                raise ValueError("masses must be positive")
        electrons = electron_count(self.symbols, self.charge)
        if electrons is not None:
            _possible_spin(electrons, self.multiplicity)
        return self


class VQEDecoratedResult(Record):
    """A VQE experiment: the result, what was computed, and how long each stage took."""

    vqe_result: VQEResult
    molecule: MoleculeInfo
    basis_set: str
    hamiltonian_time: Seconds
    mapping_time: Seconds
    vqe_time: Seconds
    total_time: Seconds
    molecule_id: Int32


def _same_length(name: str, values: list[Any], expected: int) -> None:
    if len(values) != expected:
        raise ValueError(f"{name} has {len(values)} entries, expected {expected}")


def _possible_spin(electrons: int, multiplicity: int) -> None:
    if electrons < 0:
        raise ValueError(f"the charge leaves {electrons} electrons")
    unpaired = multiplicity - 1
    if unpaired > electrons or (electrons - unpaired) % 2:
        allowed = ", ".join(str(m) for m in range(1 + electrons % 2, min(electrons, 6) + 2, 2))
        raise ValueError(f"multiplicity {multiplicity} is impossible with {electrons} electrons; possible: {allowed}")
