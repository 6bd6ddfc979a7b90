"""From a molecule to the electronic problem: orbitals, integrals, active space, symmetry, exact energy."""
