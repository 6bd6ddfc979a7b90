"""The one settings class of the simulator: what every command that computes can be told."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field
from pydantic_settings import CliPositionalArg

from quantum_contracts.command_line import Command

# Written out here, and compared with the physics by a test, because a command's help must not import the physics.
AnsatzName = Literal["uccsd"]
BackendName = Literal["exact", "aer"]
InitStrategy = Literal["mp2", "zeros", "random"]
OptimizerName = Literal["L-BFGS-B", "BFGS", "CG", "SLSQP", "COBYLA", "Nelder-Mead", "Powell"]
Topic = Literal["v1", "v2"]

LARGEST_SEED = 2**31 - 1


def _in_any_case(allowed: Any) -> Callable[[Any], Any]:
    """Turn a value that differs from an allowed one in case only into that; leave others to the validator."""
    by_folded = {value.casefold(): value for value in get_args(allowed)}
    return lambda given: by_folded.get(given.casefold(), given) if isinstance(given, str) else given


class SimulatorSettings(Command):
    """What to compute, how, and where the results go."""

    molecules: CliPositionalArg[list[str]] = Field(
        default=[], description="built-in molecules by name, for example H2 LiH; the command `molecules` lists them"
    )
    file: list[Path] = Field(
        default=[], description="a .json or .xyz file, all of whose molecules are computed; may be given repeatedly"
    )
    basis: Annotated[str, Field(min_length=1)] = Field(
        default="sto3g", description="basis set, any that PySCF knows, for example sto3g, 6-31g or cc-pvdz"
    )
    backend: Annotated[BackendName, BeforeValidator(_in_any_case(BackendName))] = Field(
        default="exact", description="exact: our particle-number-sector simulator; aer: Qiskit Aer's statevector"
    )
    ansatz: Annotated[AnsatzName, BeforeValidator(_in_any_case(AnsatzName))] = Field(
        default="uccsd", description="unitary coupled cluster with singles and doubles"
    )
    ansatz_reps: Annotated[int, Field(ge=1, le=1000)] = Field(default=1, description="Trotter steps of the ansatz")
    init_strategy: Annotated[InitStrategy, BeforeValidator(_in_any_case(InitStrategy))] = Field(
        default="mp2", description="first parameters: amplitudes of MP2, zeros, or small random angles by --seed"
    )
    optimizer: Annotated[OptimizerName, BeforeValidator(_in_any_case(OptimizerName))] = Field(
        default="L-BFGS-B", description="classical optimiser, of SciPy"
    )
    max_iterations: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="most steps of the optimiser; SciPy's own limit where not given"
    )
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        default=None, description="when the optimiser is content: SciPy's `tol`, its own where not given"
    )
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = Field(
        default=0, description="seed of every random choice; the same seed gives the same energies to the bit"
    )
    topic: Annotated[Topic, BeforeValidator(_in_any_case(Topic))] = Field(
        default="v2", description="version of the result's schema, and so the topic that results go to"
    )
    lake: Path = Field(default=Path("lake"), description="folder of the lake; created where it is not there")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")
