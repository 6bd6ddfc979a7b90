"""The nine feature tables, each an Ibis expression over one table of raw experiments (system specification, step 4).

Written once: only operations that Ibis compiles for DuckDB and for Spark alike. `raw.RAW_SCHEMA` is the input; the
batch's stamp stands in it as columns.
"""

from collections.abc import Mapping

import ibis
from ibis.expr import types as ir

from quantum_features.raw import RAW_SCHEMA
from quantum_features.tables import FEATURE_TABLES, PROCESSING

RAW_TABLE = "raw_experiments"
STAMP = tuple(column.name for column in PROCESSING)


def raw_experiments() -> ir.Table:
    """The unbound input: one row for each experiment."""
    return ibis.table(ibis.Schema.from_pyarrow(RAW_SCHEMA), name=RAW_TABLE)


def definitions() -> Mapping[str, ir.Table]:
    """The expressions by table name, each with exactly the columns of its table's specification, in their order."""
    raw = raw_experiments()
    expressions = {
        "molecules": molecules(raw),
        "ansatz_info": ansatz_info(raw),
        "performance_metrics": performance_metrics(raw),
        "vqe_results": vqe_results(raw),
        "initial_parameters": initial_parameters(raw),
        "optimal_parameters": optimal_parameters(raw),
        "vqe_iterations": vqe_iterations(raw),
        "iteration_parameters": iteration_parameters(raw),
        "hamiltonian_terms": hamiltonian_terms(raw),
    }
    return {name: _as_specified(name, expression) for name, expression in expressions.items()}


def _as_specified(name: str, expression: ir.Table) -> ir.Table:
    schema = ibis.Schema.from_pyarrow(FEATURE_TABLES[name].arrow_schema)
    return expression.select(*schema.names).cast(schema)


def molecules(raw: ir.Table) -> ir.Table:
    """Structure of each experiment's molecule."""
    return raw.mutate(
        atom_symbols=raw.molecule.symbols,
        coordinates=raw.molecule.coords,
        multiplicity=raw.molecule.multiplicity,
        charge=raw.molecule.charge,
        coordinate_units=raw.molecule.units,
        atomic_masses=raw.molecule.masses,
    )


def ansatz_info(raw: ir.Table) -> ir.Table:
    """Circuit of each experiment."""
    initial = raw.vqe_result.initial_data
    return raw.mutate(ansatz=initial.ansatz, ansatz_reps=initial.ansatz_reps, ansatz_name=initial.ansatz_name)


def performance_metrics(raw: ir.Table) -> ir.Table:
    """Times of each experiment."""
    return raw.mutate(minimization_time=raw.vqe_result.minimization_time)


def vqe_results(raw: ir.Table) -> ir.Table:
    """How each experiment ended, and what it was."""
    result = raw.vqe_result
    initial = result.initial_data
    return raw.mutate(
        backend=initial.backend,
        num_qubits=initial.num_qubits,
        optimizer=initial.optimizer,
        minimum_energy=result.minimum,
        total_iterations=result.iteration_list.length(),
        num_parameters=initial.num_parameters,
        ansatz_reps=initial.ansatz_reps,
        noise_backend=initial.noise_backend,
        default_shots=initial.default_shots,
        maxcv=result.maxcv,
        ansatz_name=initial.ansatz_name,
        init_strategy=initial.init_strategy,
        mapper=initial.mapper,
        seed=initial.seed,
        success=result.success,
        nfev=result.nfev,
        nit=result.nit,
    )


def initial_parameters(raw: ir.Table) -> ir.Table:
    """Each experiment's starting point."""
    values = raw.select(
        "experiment_id", "molecule_id", "basis_set", *STAMP, value=raw.vqe_result.initial_data.initial_parameters
    ).unnest("value", offset="parameter_index")
    return values.mutate(
        parameter_id=values.experiment_id + "_init_" + values.parameter_index.cast("string"),
        initial_parameter_value=values.value,
    )


def optimal_parameters(raw: ir.Table) -> ir.Table:
    """Each experiment's best point."""
    values = raw.select(
        "experiment_id", "molecule_id", "basis_set", *STAMP, value=raw.vqe_result.optimal_parameters
    ).unnest("value", offset="parameter_index")
    return values.mutate(
        parameter_id=values.experiment_id + "_opt_" + values.parameter_index.cast("string"),
        optimal_parameter_value=values.value,
    )


def vqe_iterations(raw: ir.Table) -> ir.Table:
    """Each recorded iteration."""
    steps = _iterations(raw)
    return steps.mutate(iteration_energy=steps.step.result, energy_std_dev=steps.step.std, elapsed=steps.step.elapsed)


def iteration_parameters(raw: ir.Table) -> ir.Table:
    """The point of each recorded iteration."""
    steps = _iterations(raw)
    values = steps.select(
        "experiment_id", "basis_set", *STAMP, "iteration_id", "iteration_step", parameter_value=steps.step.parameters
    ).unnest("parameter_value", offset="parameter_index")
    return values.mutate(parameter_id=values.iteration_id + "_param_" + values.parameter_index.cast("string"))


def hamiltonian_terms(raw: ir.Table) -> ir.Table:
    """Each Pauli term of each Hamiltonian."""
    initial = raw.vqe_result.initial_data
    terms = raw.select(
        "experiment_id", "molecule_id", "basis_set", *STAMP, backend=initial.backend, term=initial.hamiltonian
    ).unnest("term", offset="position")
    return terms.mutate(
        term_id=terms.experiment_id + "_term_" + terms.position.cast("string"),
        term_label=terms.term.label,
        coeff_real=terms.term.coefficients.real,
        coeff_imag=terms.term.coefficients.imaginary,
    )


def _iterations(raw: ir.Table) -> ir.Table:
    """One row for each iteration, with its id; an iteration number that comes again gets its repeat's number too."""
    steps = raw.select(
        "experiment_id",
        "molecule_id",
        "basis_set",
        *STAMP,
        backend=raw.vqe_result.initial_data.backend,
        step=raw.vqe_result.iteration_list,
    ).unnest("step")
    number = steps.step.iteration.cast("string")
    repeat = steps.step.repeat
    label = (repeat > 0).ifelse(number + "_" + repeat.cast("string"), number)
    return steps.mutate(iteration_id=steps.experiment_id + "_iter_" + label, iteration_step=steps.step.iteration)
