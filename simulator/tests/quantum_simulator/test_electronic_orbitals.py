import dataclasses

import numpy as np
import pytest
from tests.quantum_simulator.support_problems import METHYLENE, linear

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.electronic.active_space import FULL_SPACE, ActiveSpace
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.orbitals import Orbitals, alignment
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.optimisation.initial_point import mp2_point


def _orbitals(seed: int, energies: list[float], roles: list[int], irreps: list[int]) -> Orbitals:
    n = len(energies)
    coefficients = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]
    return Orbitals(
        coefficients, np.array(energies), np.array(roles), np.array(irreps), tuple(f"function {k}" for k in range(n))
    )


def _changed(orbitals: Orbitals, matrix: np.ndarray) -> Orbitals:
    return dataclasses.replace(orbitals, coefficients=orbitals.coefficients @ matrix)


def test_order_and_signs_follow_the_neighbour() -> None:
    ours = _orbitals(0, [-2.0, -1.0, 0.5, 0.6, 0.7], [1, 1, 3, 3, 3], [0, 1, 0, 0, 1])
    scramble = np.eye(5)[:, [1, 0, 4, 2, 3]] * np.array([1, -1, -1, 1, -1])
    neighbour = dataclasses.replace(_changed(ours, scramble), irreps=ours.irreps[[1, 0, 4, 2, 3]])
    np.testing.assert_allclose(alignment(ours, neighbour), scramble, atol=1e-12)


def test_orbitals_of_other_roles_do_not_change_places() -> None:
    ours = _orbitals(1, [-1.0, 0.5, 0.9], [1, 3, 4], [0, 0, 0])
    neighbour = _changed(ours, np.eye(3)[:, [2, 1, 0]])
    rotation = alignment(ours, neighbour)
    np.testing.assert_allclose(np.abs(rotation), np.eye(3), atol=1e-12)


def test_degenerate_orbitals_of_one_symmetry_are_turned_and_others_are_not() -> None:
    ours = _orbitals(2, [0.5, 0.5 + 1e-7, 0.5, 0.8], [3, 3, 3, 3], [0, 0, 1, 0])
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]]
    np.testing.assert_allclose(alignment(ours, _changed(ours, turn)), turn, atol=1e-12)

    across = np.eye(4)
    across[np.ix_([1, 2], [1, 2])] = [[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]]
    np.testing.assert_allclose(alignment(ours, _changed(ours, across)), np.eye(4), atol=0.2)
    assert alignment(ours, _changed(ours, across))[1, 2] == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_a_rotation_is_orthogonal(seed: int) -> None:
    size = ([0.1, 0.1, 0.1, 0.2, 0.2, 0.3], [1, 1, 3, 3, 3, 4], [0, 0, 0, 1, 1, 0])
    rotation = alignment(_orbitals(seed, *size), _orbitals(seed + 100, *size))
    np.testing.assert_allclose(rotation.T @ rotation, np.eye(6), atol=1e-12)


@pytest.mark.parametrize("active_space", [FULL_SPACE, ActiveSpace(electrons=6, orbitals=6)])
def test_parameters_mean_the_same_at_the_next_geometry(active_space: ActiveSpace) -> None:
    """Along N2's bond, sigma and pi orbitals change places and PySCF's signs come out as they like."""
    problem = electronic_problem(linear(["N", "N"], 1.1), "sto3g", active_space)
    ansatz = uccsd(problem.num_orbitals, problem.num_alpha, problem.num_beta)
    last, order_changed = mp2_point(problem, ansatz), False
    for distance in np.arange(1.2, 1.85, 0.1):
        here = electronic_problem(linear(["N", "N"], distance), "sto3g", active_space, neighbour=problem.orbitals)
        order_changed |= bool((np.diff(here.orbital_energies[: here.num_alpha]) < 0).any())
        point = mp2_point(here, ansatz)
        assert np.linalg.norm(point - last) < 0.35 * np.linalg.norm(last)
        problem, last = here, point
    alone = electronic_problem(linear(["N", "N"], distance), "sto3g", active_space)
    assert fci_reference(here).energy == pytest.approx(fci_reference(alone).energy, abs=1e-9)
    assert order_changed


@pytest.mark.parametrize("molecule", [built_in("H2O").info, METHYLENE, built_in("NH3").info])
def test_a_geometry_is_aligned_with_itself(molecule: MoleculeInfo) -> None:
    alone = electronic_problem(molecule, "sto3g")
    again = electronic_problem(molecule, "sto3g", neighbour=alone.orbitals)
    np.testing.assert_allclose(again.two_body, alone.two_body, atol=1e-12)
    np.testing.assert_allclose(again.orbital_energies, alone.orbital_energies, atol=1e-12)


def test_another_molecule_is_no_neighbour() -> None:
    water = electronic_problem(built_in("H2O").info, "sto3g").orbitals
    with pytest.raises(ValueError, match="other basis functions"):
        electronic_problem(built_in("NH3").info, "sto3g", neighbour=water)
    with pytest.raises(ValueError, match="another active space"):
        electronic_problem(built_in("H2O").info, "sto3g", ActiveSpace(frozen_core=True), neighbour=water)


def test_shapes_that_do_not_match_are_refused() -> None:
    ours = _orbitals(0, [0.0, 1.0], [1, 3], [0, 0])
    with pytest.raises(ValueError, match=r"energies has shape \(1,\), expected \(2,\)"):
        dataclasses.replace(ours, energies=np.zeros(1))
    with pytest.raises(ValueError, match="1 basis functions are named, expected 2"):
        dataclasses.replace(ours, basis_functions=("one",))
