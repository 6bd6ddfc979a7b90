"""hypothesis strategies for every model of every version: values that are physically possible, of small size."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from quantum_contracts import v1, v2
from quantum_contracts.elements import SYMBOLS, electron_count
from quantum_contracts.fields import INT32_MAX, INT32_MIN
from quantum_contracts.topics import VERSIONS

MAX_QUBITS = 6
MAX_PARAMETERS = 5
MAX_ATOMS = 4
MAX_ITEMS = 4

doubles: SearchStrategy[float] = st.floats(allow_nan=False, allow_infinity=False)
seconds: SearchStrategy[float] = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
int32: SearchStrategy[int] = st.integers(INT32_MIN, INT32_MAX)
counts: SearchStrategy[int] = st.integers(0, INT32_MAX)
texts: SearchStrategy[str] = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)  # UTF-8 has no surrogates
optional_texts: SearchStrategy[str | None] = st.none() | texts


def parameters(count: int) -> SearchStrategy[list[float]]:
    """Parameters in radians, shape (count,)."""
    return st.lists(doubles, min_size=count, max_size=count)


def complex_numbers() -> SearchStrategy[v1.ComplexNumber]:
    """Complex numbers with finite parts."""
    return st.builds(v1.ComplexNumber, real=doubles, imaginary=doubles)


def hamiltonian_terms(num_qubits: int) -> SearchStrategy[v1.HamiltonianTerm]:
    """Pauli terms on `num_qubits` qubits."""
    labels = st.text("IXYZ", min_size=num_qubits, max_size=num_qubits)
    return st.builds(v1.HamiltonianTerm, label=labels, coefficients=complex_numbers())


def iterations(version: str, num_parameters: int) -> SearchStrategy[v1.VQEProcess]:
    """Evaluations of the cost function, of `version`."""
    values: dict[str, SearchStrategy[Any]] = {
        "iteration": counts,
        "parameters": parameters(num_parameters),
        "result": doubles,
        "std": seconds,
    }
    if version != "v1":
        values |= {"elapsed": st.none() | seconds}
    return st.builds(VERSIONS[version].VQEProcess, **values)


@st.composite
def initial_data(draw: DrawFn, version: str) -> v1.VQEInitialData:
    """Starting points whose shapes match, of `version`."""
    num_qubits, num_parameters = draw(st.integers(1, MAX_QUBITS)), draw(st.integers(0, MAX_PARAMETERS))
    values: dict[str, Any] = {
        "backend": draw(texts),
        "num_qubits": num_qubits,
        "hamiltonian": draw(st.lists(hamiltonian_terms(num_qubits), max_size=MAX_ITEMS)),
        "num_parameters": num_parameters,
        "initial_parameters": draw(parameters(num_parameters)),
        "optimizer": draw(texts),
        "ansatz": draw(texts),
        "ansatz_reps": draw(counts),
        "noise_backend": draw(texts),
        "default_shots": draw(counts),
    }
    if version != "v1":
        values |= {
            "seed": draw(st.none() | int32),
            "ansatz_name": draw(optional_texts),
            "init_strategy": draw(optional_texts),
            "mapper": draw(optional_texts),
        }
    made: v1.VQEInitialData = VERSIONS[version].VQEInitialData(**values)
    return made


@st.composite
def vqe_results(draw: DrawFn, version: str) -> v1.VQEResult:
    """Optimisations with up to `MAX_ITEMS` iterations, of `version`."""
    start = draw(initial_data(version))
    values: dict[str, Any] = {
        "initial_data": start,
        "iteration_list": draw(st.lists(iterations(version, start.num_parameters), max_size=MAX_ITEMS)),
        "minimum": draw(doubles),
        "optimal_parameters": draw(parameters(start.num_parameters)),
        "maxcv": draw(st.none() | doubles),
        "minimization_time": draw(seconds),
    }
    if version != "v1":
        values |= {
            "success": draw(st.none() | st.booleans()),
            "nfev": draw(st.none() | counts),
            "nit": draw(st.none() | counts),
        }
    made: v1.VQEResult = VERSIONS[version].VQEResult(**values)
    return made


@st.composite
def molecules(draw: DrawFn) -> v1.MoleculeInfo:
    """Molecules of up to `MAX_ATOMS` atoms with a charge and a multiplicity that go together."""
    symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=MAX_ATOMS))
    charge = draw(st.integers(-2, electron_count(symbols, charge=0) or 0))
    electrons = electron_count(symbols, charge) or 0
    pairs = draw(st.integers(0, electrons // 2))
    return v1.MoleculeInfo(
        symbols=symbols,
        coords=draw(st.lists(parameters(3), min_size=len(symbols), max_size=len(symbols))),
        multiplicity=electrons - 2 * pairs + 1,
        charge=charge,
        units=draw(st.sampled_from(["angstrom", "bohr"])),
        masses=draw(st.none() | st.lists(masses(), min_size=len(symbols), max_size=len(symbols))),
    )


def masses() -> SearchStrategy[float]:
    """Masses in atomic mass units."""
    return st.floats(min_value=0, exclude_min=True, allow_nan=False, allow_infinity=False)


@st.composite
def results(draw: DrawFn, version: str) -> v1.VQEDecoratedResult:
    """Whole results of `version` ("v1", "v2")."""
    values: dict[str, Any] = {
        "vqe_result": draw(vqe_results(version)),
        "molecule": draw(molecules()),
        "basis_set": draw(texts),
        "hamiltonian_time": draw(seconds),
        "mapping_time": draw(seconds),
        "vqe_time": draw(seconds),
        "total_time": draw(seconds),
        "molecule_id": draw(int32),
    }
    if version != "v1":
        values |= {
            "run_id": draw(st.none() | texts.filter(bool)),
            "nuclear_repulsion_energy": draw(st.none() | doubles),
            "hf_energy": draw(st.none() | doubles),
            "reference_energy": draw(st.none() | doubles),
            "created_at": draw(st.none() | st.datetimes(timezones=st.timezones()).filter(_in_utc_years)),
            "software": draw(st.dictionaries(texts, texts, max_size=MAX_ITEMS)),
        }
    made: v1.VQEDecoratedResult = VERSIONS[version].VQEDecoratedResult(**values)
    return made


def latest_results() -> SearchStrategy[v2.VQEDecoratedResult]:
    """Whole results of the latest version."""
    latest: SearchStrategy[Any] = results("v2")
    return latest


def _in_utc_years(time: Any) -> bool:
    return bool(1 < time.year < 9999)
