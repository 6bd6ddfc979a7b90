"""The density that a self-consistent field starts from: atoms in a minimal basis, projected onto the molecule's own.

PySCF's `minao` guess, with one difference: PySCF reads and parses its file of atomic natural orbitals anew for every
molecule, which takes longer than the self-consistent field of a small one (12 of 16 ms for H2); here every element is
read once per process.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyscf import gto, scf
from pyscf.gto import basis as basis_sets
from pyscf.scf.atom_hf import frac_occ

HEAVIEST = 96  # the file ends here
HIGHEST_SHELL = 4  # s, p, d, f


def minimal_basis_density(mole: gto.Mole) -> NDArray[np.float64]:
    """The spin-summed density matrix, shape (basis functions, basis functions)."""
    if mole.has_ecp() or max(mole.atom_charges()) > HEAVIEST:
        density: NDArray[np.float64] = scf.hf.init_guess_by_minao(mole)
        return density
    symbols = [mole.atom_pure_symbol(atom) for atom in range(mole.natm)]
    atoms = gto.Mole()
    atoms.verbose = 0
    atoms.atom = list(zip(symbols, mole.atom_coords(), strict=True))
    atoms.unit = "bohr"
    atoms.basis = {symbol: _atom(symbol)[0] for symbol in symbols}
    atoms.spin = None
    atoms.build(dump_input=False, parse_arg=False)
    occupations = np.concatenate([_atom(symbol)[1] for symbol in symbols])
    projected = scf.addons.project_mo_nr2nr(atoms, np.eye(atoms.nao), mole)
    return np.asarray(projected * occupations @ projected.T)


@cache
def _atom(symbol: str) -> tuple[list[Any], NDArray[np.float64]]:
    """Contracted shells of a free atom, and how many electrons each of its functions holds on average."""
    shells, occupations = [], []
    by_shell = basis_sets.load("ano", symbol)
    for momentum in range(HIGHEST_SHELL):
        full, rest = frac_occ(symbol, momentum)
        if full or rest:
            _, *primitives = by_shell[momentum]
            shells.append([momentum, *(row[: full + 2] for row in primitives)])
            occupations.append(np.repeat([2.0] * full + [rest], 2 * momentum + 1))
    return shells, np.concatenate(occupations)
