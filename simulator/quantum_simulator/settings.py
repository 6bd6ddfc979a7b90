"""The one settings class of the simulator: what every command that computes can be told."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field
from pydantic_settings import CliPositionalArg

from quantum_contracts.command_line import Command
from quantum_simulator.sinks.kafka_settings import ProducerConfig

# Written out here, and compared with the physics by a test, because a command's help must not import the physics.
AnsatzName = Literal[
    "uccsd", "sa-uccsd", "k-upccgsd", "adapt", "efficient-su2", "real-amplitudes", "excitation-preserving"
]
BackendName = Literal["exact", "aer", "ibm"]
Device = Literal["cpu", "gpu"]
InitStrategy = Literal["mp2", "hf", "random"]
MapperName = Literal["jordan_wigner", "parity", "bravyi_kitaev", "tapered"]
OptimizerName = Literal[
    "L-BFGS-B",
    "BFGS",
    "CG",
    "SLSQP",
    "TNC",
    "Newton-CG",
    "trust-constr",
    "COBYLA",
    "COBYQA",
    "Nelder-Mead",
    "Powell",
    "SPSA",
]
PoolName = Literal["sd", "gsd"]
Topic = Literal["v1", "v2"]

SinkName = Literal["file", "kafka"]
SINK = "where results go; file: the lake's landing folders; kafka: a topic, by way of the spool"
SpoolFolder = Annotated[
    Path | None, Field(description="folder of results that wait for Kafka (default: `spool` in the lake)")
]
# What a result does not depend on: where it goes, and what is told of it.
NOT_OF_A_RESULT = {"lake", "json_", "kafka", "spool"}

LARGEST_SEED = 2**31 - 1


def _in_any_case(allowed: Any) -> Callable[[Any], Any]:
    """Turn a value that differs from an allowed one in case only into that; leave others to the validator."""
    by_folded = {value.casefold(): value for value in get_args(allowed)}
    return lambda given: by_folded.get(given.casefold(), given) if isinstance(given, str) else given


def kafka_written_out(arguments: list[str], *meaning: str) -> list[str]:
    """Replace the word `--kafka` by what it means to a command; Kafka's settings are `--kafka.servers` and so on."""
    return [word for argument in arguments for word in (meaning if argument == "--kafka" else (argument,))]


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
    frozen_core: bool = Field(default=False, description="keep the core electrons in their Hartree-Fock orbitals")
    active_electrons: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="electrons of the active space; all (but the frozen core's) where not given"
    )
    active_orbitals: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="orbitals of the active space, around the highest occupied one; all where not given"
    )
    mapper: Annotated[MapperName, BeforeValidator(_in_any_case(MapperName))] = Field(
        default="jordan_wigner", description="how electrons become qubits; parity and tapered need fewer qubits"
    )
    ansatz: Annotated[AnsatzName, BeforeValidator(_in_any_case(AnsatzName))] = Field(
        default="uccsd", description="the family of states; docs/ansatze.md tells which one suits what"
    )
    ansatz_reps: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="Trotter steps of UCCSD, the k of k-UpCCGSD, layers of the hardware-efficient ones"
    )
    adapt_pool: Annotated[PoolName, BeforeValidator(_in_any_case(PoolName))] = Field(
        default="sd", description="what adapt chooses from: singles and doubles, or generalised ones"
    )
    adapt_gradient: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default=1e-3, description="adapt stops where no factor has a larger derivative, hartree per radian"
    )
    adapt_factors: Annotated[int, Field(ge=1)] = Field(default=200, description="most factors that adapt appends")
    init_strategy: Annotated[InitStrategy, BeforeValidator(_in_any_case(InitStrategy))] | None = Field(
        default=None,
        description="first parameters: amplitudes of MP2, Hartree-Fock (zeros), or small random angles by --seed; "
        "what suits the ansatz where not given",
    )
    warm_start: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="start from a result of the lake: its run_id, or `latest` for the newest that fits",
    )
    backend: Annotated[BackendName, BeforeValidator(_in_any_case(BackendName))] = Field(
        default="exact", description="exact: our simulators; aer: Qiskit Aer; ibm: IBM Quantum or a fake device of it"
    )
    shots: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        default=0, description="measurements per group of Pauli terms; 0: exact expectation values"
    )
    noise: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="aer: the noise of a fake device, for example FakeManilaV2"
    )
    depolarizing_1q: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.0, description="aer: depolarising probability of a one-qubit gate"
    )
    depolarizing_2q: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.0, description="aer: depolarising probability of a two-qubit gate"
    )
    readout_error: Annotated[float, Field(ge=0, le=0.5)] = Field(
        default=0.0, description="aer: probability that a measured bit is read wrong"
    )
    device: Annotated[Device, BeforeValidator(_in_any_case(Device))] = Field(
        default="cpu", description="aer: where it computes"
    )
    ibm_device: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="ibm: a device of your account, or a fake one, for example FakeManilaV2"
    )
    resilience_level: Annotated[int, Field(ge=0, le=2)] = Field(default=1, description="ibm: error mitigation")
    optimization_level: Annotated[int, Field(ge=0, le=3)] = Field(
        default=1, description="ibm and noise: how hard circuits are transpiled for the device"
    )
    optimizer: Annotated[OptimizerName, BeforeValidator(_in_any_case(OptimizerName))] = Field(
        default="L-BFGS-B", description="classical optimiser: SciPy's, and SPSA for shots"
    )
    max_iterations: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="most steps of the optimiser; SciPy's own limit where not given"
    )
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        default=None, description="when the optimiser is content: SciPy's `tol`, its own where not given"
    )
    learning_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        default=None, description="SPSA: size of the first step, calibrated where not given"
    )
    perturbation: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        default=None, description="SPSA: by how much parameters are shifted to see a slope, radians"
    )
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = Field(
        default=0, description="seed of every random choice; the same seed gives the same energies to the bit"
    )
    topic: Annotated[Topic, BeforeValidator(_in_any_case(Topic))] = Field(
        default="v2", description="version of the result's schema, and so the topic that results go to"
    )
    lake: Path = Field(default=Path("lake"), description="folder of the lake; created where it is not there")
    spool: SpoolFolder = None
    kafka: ProducerConfig = Field(default=ProducerConfig(), description="how results go to Kafka, where they do")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")
