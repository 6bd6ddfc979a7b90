import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from quantum_contracts import strategies, v2
from quantum_contracts.topics import VERSIONS
from quantum_contracts.v1 import MoleculeInfo, VQEDecoratedResult


@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data())
def test_results_are_of_the_version_that_was_asked_for(version: str, data: st.DataObject) -> None:
    result = data.draw(strategies.results(version))
    assert type(result) is VERSIONS[version].VQEDecoratedResult
    assert type(result.vqe_result.initial_data) is VERSIONS[version].VQEInitialData


SEARCH = settings(phases=[Phase.generate], database=None, max_examples=1000)  # shrinking would take a minute


def interesting(result: VQEDecoratedResult) -> bool:
    return bool(result.vqe_result.iteration_list) and bool(result.vqe_result.initial_data.hamiltonian)


@pytest.mark.parametrize("version", VERSIONS)
def test_results_with_iterations_and_terms_are_found(version: str) -> None:
    assert find(strategies.results(version), interesting, settings=SEARCH).vqe_result.initial_data.num_qubits >= 1


def open_shell_ion(molecule: MoleculeInfo) -> bool:
    return molecule.charge > 0 and molecule.multiplicity > 2


def test_open_shell_ions_are_found() -> None:
    find(strategies.molecules(), open_shell_ion, settings=SEARCH)


@pytest.mark.parametrize("present", [False, True])
def test_results_without_and_with_a_run_id_are_found(present: bool) -> None:
    def wanted(result: v2.VQEDecoratedResult) -> bool:
        return (result.run_id is not None) is present

    find(strategies.latest_results(), wanted, settings=SEARCH)
