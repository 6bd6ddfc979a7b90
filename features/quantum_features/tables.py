"""The tables: names, columns with types and comments, partitioning (system specification, "Feature Tables Schema").

Columns of the specification come first and in its order; then what makes a table useful beside the others, the
columns that it is partitioned by, and those that tell which batch wrote the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

STRING = pa.string()
INT = pa.int32()
LONG = pa.int64()
DOUBLE = pa.float64()
BOOLEAN = pa.bool_()
DATE = pa.date32()
TIMESTAMP = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Column:
    """A column: its type as Arrow spells it, and what a reader of the table has to know about it."""

    name: str
    type: pa.DataType
    comment: str


@dataclass(frozen=True)
class TableSpec:
    """A table. `key` are the columns that no two rows share; a table is partitioned by the values of `partition_by`.

    Rows of a file are in the order of `sort_by`, so that a query for some of its values reads few of them.
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    partition_by: tuple[str, ...]
    key: tuple[str, ...]
    sort_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"table {self.name}: a column's name stands twice in {names}")
        if missing := [name for name in (*self.partition_by, *self.key, *self.sort_by) if name not in names]:
            raise ValueError(
                f"table {self.name}: partition_by, key and sort_by name columns that it has not: {missing}"
            )

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """The columns as an Arrow schema; comments stand where pyiceberg looks for them."""
        return pa.schema([pa.field(c.name, c.type, metadata={"doc": c.comment}) for c in self.columns])


EXPERIMENT_ID = Column("experiment_id", STRING, "Unique experiment identifier: run_id, or the record's SHA-256 in v1")
MOLECULE_ID = Column("molecule_id", INT, "Molecule identifier, as the simulation numbered it")
BASIS_SET = Column("basis_set", STRING, "Basis set (e.g., sto3g)")
BACKEND = Column("backend", STRING, "Backend that evaluated the energies")

PROCESSING = (
    Column("processing_batch_id", STRING, "Batch that wrote the row; the batch's tag is v_<processing_batch_id>"),
    Column("processing_name", STRING, "Name of the processing that wrote the row"),
    Column("processing_timestamp", TIMESTAMP, "When the batch began, UTC"),
    Column("processing_date", DATE, "Day of processing_timestamp, UTC"),
)
SOURCE = (
    Column("source_topic", STRING, "Topic of the landing file that holds the record"),
    Column("source_partition", INT, "Partition of the topic"),
    Column("source_offset", LONG, "Offset of the first record of the landing file"),
)

BY_DATE = ("processing_date",)
BY_BASIS = ("processing_date", "basis_set")
BY_BACKEND = ("processing_date", "basis_set", "backend")

MOLECULES = TableSpec(
    name="molecules",
    comment="Molecular structure information, one row for each experiment",
    columns=(
        EXPERIMENT_ID,
        MOLECULE_ID,
        Column("atom_symbols", pa.list_(STRING), "Chemical symbols, one for each atom"),
        Column("coordinates", pa.list_(pa.list_(DOUBLE)), "Positions, shape (atoms, 3), in coordinate_units"),
        Column("multiplicity", INT, "Spin multiplicity, 2S + 1"),
        Column("charge", INT, "Molecular charge, elementary charges"),
        Column("coordinate_units", STRING, "Units of coordinates: angstrom or bohr"),
        Column("atomic_masses", pa.list_(DOUBLE), "Atomic masses, unified atomic mass units; null where not given"),
        *PROCESSING,
    ),
    partition_by=BY_DATE,
    key=("experiment_id",),
    sort_by=("experiment_id",),
)

ANSATZ_INFO = TableSpec(
    name="ansatz_info",
    comment="Quantum circuit ansatz configurations, one row for each experiment",
    columns=(
        EXPERIMENT_ID,
        MOLECULE_ID,
        BASIS_SET,
        Column("ansatz", STRING, "Circuit as OpenQASM 3"),
        Column("ansatz_reps", INT, "Number of repetitions"),
        Column("ansatz_name", STRING, "Name of the ansatz (e.g., UCCSD); null in v1"),
        *PROCESSING,
    ),
    partition_by=BY_BASIS,
    key=("experiment_id",),
    sort_by=("experiment_id",),
)

PERFORMANCE_METRICS = TableSpec(
    name="performance_metrics",
    comment="Execution timing and performance, one row for each experiment",
    columns=(
        EXPERIMENT_ID,
        MOLECULE_ID,
        BASIS_SET,
        Column("hamiltonian_time", DOUBLE, "Time to build the Hamiltonian, seconds"),
        Column("mapping_time", DOUBLE, "Time to map it to qubits, seconds"),
        Column("vqe_time", DOUBLE, "Time of the VQE, seconds"),
        Column("total_time", DOUBLE, "Total time, seconds"),
        Column("minimization_time", DOUBLE, "Time in the optimizer, seconds"),
        *PROCESSING,
    ),
    partition_by=BY_BASIS,
    key=("experiment_id",),
    sort_by=("experiment_id",),
)

VQE_RESULTS = TableSpec(
    name="vqe_results",
    comment="VQE optimization results, one row for each experiment",
    columns=(
        EXPERIMENT_ID,
        MOLECULE_ID,
        BASIS_SET,
        BACKEND,
        Column("num_qubits", INT, "Number of qubits"),
        Column("optimizer", STRING, "Optimizer algorithm"),
        Column("minimum_energy", DOUBLE, "Lowest total energy found, electronic and nuclear, hartree"),
        Column("total_iterations", INT, "Number of recorded iterations"),
        Column("num_parameters", INT, "Number of variational parameters"),
        Column("ansatz_reps", INT, "Repetitions of the ansatz"),
        Column("noise_backend", STRING, "Device whose noise was simulated, as the simulation names it"),
        Column("default_shots", INT, "Shots for each measurement"),
        Column("maxcv", DOUBLE, "Maximum constraint violation; null where the optimizer has none"),
        Column("ansatz_name", STRING, "Name of the ansatz (e.g., UCCSD); null in v1"),
        Column("init_strategy", STRING, "Where the initial parameters come from (e.g., mp2); null in v1"),
        Column("mapper", STRING, "Fermion-to-qubit mapping (e.g., jordan_wigner); null in v1"),
        Column("seed", INT, "Seed of every random choice of the run; null in v1"),
        Column("hf_energy", DOUBLE, "Total Hartree-Fock energy, hartree; null in v1"),
        Column("reference_energy", DOUBLE, "Total FCI energy in the same space, hartree; null where not computed"),
        Column("nuclear_repulsion_energy", DOUBLE, "Nuclear repulsion, hartree; null in v1"),
        Column("success", BOOLEAN, "The optimizer's own verdict; null in v1"),
        Column("nfev", INT, "Evaluations of the cost function; null in v1"),
        Column("nit", INT, "Steps of the optimizer; null in v1"),
        Column("created_at", TIMESTAMP, "When the run ended, UTC; null in v1"),
        Column("software", pa.map_(STRING, STRING), "Version by package name; empty in v1"),
        Column("schema_version", STRING, "Version of the contract that the record was written with"),
        *SOURCE,
        *PROCESSING,
    ),
    partition_by=BY_BACKEND,
    key=("experiment_id",),
    sort_by=("minimum_energy",),
)

PARAMETER_INDEX = Column("parameter_index", INT, "Parameter position, from 0")

INITIAL_PARAMETERS = TableSpec(
    name="initial_parameters",
    comment="Initial variational parameters, one row for each parameter of an experiment",
    columns=(
        Column("parameter_id", STRING, "Unique parameter identifier: <experiment_id>_init_<parameter_index>"),
        EXPERIMENT_ID,
        MOLECULE_ID,
        PARAMETER_INDEX,
        Column("initial_parameter_value", DOUBLE, "Initial value, radians"),
        BASIS_SET,
        *PROCESSING,
    ),
    partition_by=BY_BASIS,
    key=("parameter_id",),
    sort_by=("experiment_id",),
)

OPTIMAL_PARAMETERS = TableSpec(
    name="optimal_parameters",
    comment="Optimized variational parameters, one row for each parameter of an experiment",
    columns=(
        Column("parameter_id", STRING, "Unique parameter identifier: <experiment_id>_opt_<parameter_index>"),
        EXPERIMENT_ID,
        MOLECULE_ID,
        PARAMETER_INDEX,
        Column("optimal_parameter_value", DOUBLE, "Optimized value, radians"),
        BASIS_SET,
        *PROCESSING,
    ),
    partition_by=BY_BASIS,
    key=("parameter_id",),
    sort_by=("experiment_id",),
)

ITERATION_ID = Column(
    "iteration_id",
    STRING,
    "Unique iteration identifier: <experiment_id>_iter_<iteration_step>, _<n> at its n-th repeat",
)
ITERATION_STEP = Column("iteration_step", INT, "Iteration number, as the optimization counted it")

VQE_ITERATIONS = TableSpec(
    name="vqe_iterations",
    comment="Per-iteration optimization data, one row for each recorded iteration",
    columns=(
        ITERATION_ID,
        EXPERIMENT_ID,
        MOLECULE_ID,
        ITERATION_STEP,
        Column("iteration_energy", DOUBLE, "Total energy at this step, hartree"),
        Column("energy_std_dev", DOUBLE, "Standard deviation of the energy, hartree"),
        Column("elapsed", DOUBLE, "Seconds since the optimization started; null in v1"),
        BASIS_SET,
        BACKEND,
        *PROCESSING,
    ),
    partition_by=BY_BACKEND,
    key=("iteration_id",),
    sort_by=("experiment_id",),
)

ITERATION_PARAMETERS = TableSpec(
    name="iteration_parameters",
    comment="Parameters at each iteration, one row for each parameter of an iteration",
    columns=(
        Column("parameter_id", STRING, "Unique parameter identifier: <iteration_id>_param_<parameter_index>"),
        ITERATION_ID,
        EXPERIMENT_ID,
        ITERATION_STEP,
        Column("parameter_value", DOUBLE, "Parameter value, radians"),
        PARAMETER_INDEX,
        BASIS_SET,
        *PROCESSING,
    ),
    partition_by=BY_BASIS,
    key=("parameter_id",),
    sort_by=("experiment_id",),
)

HAMILTONIAN_TERMS = TableSpec(
    name="hamiltonian_terms",
    comment="Hamiltonian Pauli operator terms, one row for each term of an experiment's qubit Hamiltonian",
    columns=(
        Column("term_id", STRING, "Unique term identifier: <experiment_id>_term_<position from 0>"),
        EXPERIMENT_ID,
        MOLECULE_ID,
        Column("term_label", STRING, 'Pauli string (e.g., "XYZI"); the leftmost letter acts on the highest qubit'),
        Column("coeff_real", DOUBLE, "Real coefficient, hartree"),
        Column("coeff_imag", DOUBLE, "Imaginary coefficient, hartree"),
        BASIS_SET,
        BACKEND,
        *PROCESSING,
    ),
    partition_by=BY_BACKEND,
    key=("term_id",),
    sort_by=("experiment_id",),
)

PROCESSING_METADATA = TableSpec(
    name="processing_metadata",
    comment="One row for each batch: what it wrote, and what from",
    columns=(
        *PROCESSING,
        Column("table_names", pa.list_(STRING), "The feature tables"),
        Column("table_versions", pa.list_(STRING), "Tag of this batch in each of them"),
        Column("record_counts", pa.list_(LONG), "Rows that this batch added to each of them"),
        Column(
            "source_data_info",
            STRING,
            "JSON: landing files by topic and partition, duplicates, files that wait for a version that knows them",
        ),
    ),
    partition_by=(),
    key=("processing_batch_id",),
)

QUARANTINE = TableSpec(
    name="quarantine",
    comment="Landing files that could not be read and wait for a retry, one row for each",
    columns=(
        *SOURCE,
        Column("source_path", STRING, "The file, relative to the landing root"),
        Column("reason", STRING, "Why it could not be read"),
        *PROCESSING,
    ),
    partition_by=(),
    key=("source_path",),
)

FEATURE_TABLES: Mapping[str, TableSpec] = {
    table.name: table
    for table in (
        MOLECULES,
        ANSATZ_INFO,
        PERFORMANCE_METRICS,
        VQE_RESULTS,
        INITIAL_PARAMETERS,
        OPTIMAL_PARAMETERS,
        VQE_ITERATIONS,
        ITERATION_PARAMETERS,
        HAMILTONIAN_TERMS,
    )
}
ALL_TABLES: Mapping[str, TableSpec] = {
    **FEATURE_TABLES,
    PROCESSING_METADATA.name: PROCESSING_METADATA,
    QUARANTINE.name: QUARANTINE,
}
