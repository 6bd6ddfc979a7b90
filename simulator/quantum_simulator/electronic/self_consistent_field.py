"""Restricted Hartree-Fock (ROHF for open shells) by PySCF, with what to try when it does not converge."""

from collections.abc import Callable, Iterator
from typing import Any

from pyscf import gto, scf
from pyscf.lib.exceptions import LinearDependencyError

from quantum_contracts.errors import QuantumPipelineError
from quantum_simulator.electronic.initial_guess import minimal_basis_density

CONVERGENCE = 1e-12  # hartree, change of the energy in the last cycle
MAX_CYCLES = 200
LEVEL_SHIFT = 0.3  # hartree, added to the empty orbitals
SAME_ENERGY = 1e-8  # hartree
DAMPING = 0.5  # share of the last density that is kept

MeanField = Any  # pyscf.scf.hf.SCF, which has no types


def converged_field(mole: gto.Mole) -> MeanField:
    """The converged mean field of a molecule.

    DIIS from atomic densities; then, until one converges: DIIS from other densities, DIIS with damping and shifted
    levels, and the second-order method.

    Raises:
        QuantumPipelineError: none converges; the message says what was tried.
    """
    found = _first_converged(mole, {})
    if found is None:
        raise QuantumPipelineError(
            f"Hartree-Fock did not converge in {MAX_CYCLES} cycles; tried DIIS from three initial densities, damping "
            "with a level shift, and the second-order method; try another geometry, multiplicity or basis"
        )
    return found


def symmetric_field(mole: gto.Mole, electrons: dict[str, tuple[int, int]]) -> MeanField | None:
    """The mean field whose representations hold the given alpha and beta `electrons`; None if it does not converge.

    The molecule must have been built with symmetry.
    """
    return _first_converged(mole, {"irrep_nelec": electrons if mole.spin else _summed(electrons)})


def lower_field(mean_field: MeanField) -> MeanField | None:
    """A solution below `mean_field`, where that is a saddle point: converged from its internal instability."""
    if len(set(mean_field.mo_occ)) == 1:
        return None  # no orbital differs from another, so none can be turned into another
    try:
        orbitals, _, stable, _ = mean_field.stability(return_status=True)
    except LinearDependencyError:
        return None  # PySCF found no direction to begin with: atoms, in which symmetry forbids all rotations
    if stable:
        return None
    lower = mean_field.copy()
    lower.kernel(mean_field.make_rdm1(orbitals, mean_field.mo_occ))
    return lower if lower.converged and lower.e_tot < mean_field.e_tot - SAME_ENERGY else None


def _summed(electrons: dict[str, tuple[int, int]]) -> dict[str, int]:
    return {name: alpha + beta for name, (alpha, beta) in electrons.items()}


def _first_converged(mole: gto.Mole, settings: dict[str, Any]) -> MeanField | None:
    for attempt in _attempts(mole, settings):
        mean_field = attempt()
        if mean_field.converged:
            return mean_field
    return None


def _attempts(mole: gto.Mole, settings: dict[str, Any]) -> Iterator[Callable[[], MeanField]]:
    def field(**more: Any) -> MeanField:
        mean_field = scf.ROHF(mole) if mole.spin else scf.RHF(mole)
        mean_field.conv_tol = CONVERGENCE
        mean_field.max_cycle = MAX_CYCLES
        mean_field.chkfile = None  # a full temporary folder would crash the process inside HDF5
        return mean_field.set(**settings, **more)

    density = minimal_basis_density(mole)
    yield lambda: _run(field(), density)
    yield lambda: _run(field(), field().get_init_guess(key="huckel"))
    yield lambda: _run(field(), field().get_init_guess(key="1e"))
    yield lambda: _run(field(level_shift=LEVEL_SHIFT, damp=DAMPING), density)
    yield lambda: _run(field().newton(), density)


def _run(mean_field: MeanField, density: Any) -> MeanField:
    mean_field.kernel(density)
    return mean_field
