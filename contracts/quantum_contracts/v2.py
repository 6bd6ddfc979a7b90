"""Version 2 of the contract: version 1 and what an experiment needs to be understood and repeated.

Every added field has a default, so that both versions read each other (FULL compatibility). Fields that only v2 has
stand after those of v1.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

from quantum_contracts import v1
from quantum_contracts.fields import Count, Double, Flag, Int32, Seconds, UtcTime
from quantum_contracts.v1 import ComplexNumber, HamiltonianTerm, MoleculeInfo

__all__ = [
    "ComplexNumber",
    "HamiltonianTerm",
    "MoleculeInfo",
    "VQEDecoratedResult",
    "VQEInitialData",
    "VQEProcess",
    "VQEResult",
]


def _sorted(versions: dict[str, str]) -> dict[str, str]:
    return dict(sorted(versions.items()))  # the same result gives the same bytes


class VQEInitialData(v1.VQEInitialData):
    """What the optimisation started from, with how it was chosen."""

    seed: Int32 | None = Field(default=None, description="seed of every random choice of the run")
    ansatz_name: str | None = Field(default=None, description="for example UCCSD")
    init_strategy: str | None = Field(default=None, description="where initial_parameters come from, for example mp2")
    mapper: str | None = Field(default=None, description="fermion-to-qubit mapping, for example jordan_wigner")


class VQEProcess(v1.VQEProcess):
    """One evaluation of the cost function, and when it was made."""

    elapsed: Seconds | None = Field(default=None, description="seconds since the optimisation started")


class VQEResult(v1.VQEResult):
    """The optimisation with its whole history and how it ended."""

    initial_data: VQEInitialData
    iteration_list: Annotated[list[VQEProcess], Field(fail_fast=True)]  # type: ignore[assignment]  # of the wider record
    success: Flag | None = Field(default=None, description="the optimiser's own verdict")
    nfev: Count | None = Field(default=None, description="evaluations of the cost function")
    nit: Count | None = Field(default=None, description="steps of the optimiser")


class VQEDecoratedResult(v1.VQEDecoratedResult):
    """A VQE experiment with its identity, its reference energies and the software that made it."""

    vqe_result: VQEResult
    run_id: Annotated[str, Field(min_length=1)] | None = Field(default=None, description="identity of the experiment")
    nuclear_repulsion_energy: Double | None = Field(default=None, description="hartree")
    hf_energy: Double | None = Field(default=None, description="total Hartree-Fock energy, hartree")
    reference_energy: Double | None = Field(default=None, description="total energy of FCI in the same space, hartree")
    created_at: UtcTime | None = Field(default=None, description="when the run ended, UTC, microseconds")
    software: Annotated[dict[str, str], AfterValidator(_sorted)] = Field(
        default={}, description="version by package name"
    )
