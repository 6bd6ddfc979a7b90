"""Everything that can be told of a request before anything is computed or written."""

from quantum_contracts.lake import Lake
from quantum_simulator.backends.options import check_options
from quantum_simulator.choices import ansatz_name, backend_options
from quantum_simulator.molecules.catalogue import resolve
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.optimisation.warm_start import previous_result
from quantum_simulator.request import check_request
from quantum_simulator.settings import SimulatorSettings
from quantum_simulator.size import check_size

# Qubits that a mapper saves at least; how many `tapered` saves is known with the integrals, and checked then.
SURELY_REMOVED = {"jordan_wigner": 0, "bravyi_kitaev": 0, "parity": 2, "tapered": 2}


def requested_molecules(settings: SimulatorSettings) -> list[Molecule]:
    """The molecules that the settings name, all of which can be computed as the settings say.

    Raises:
        UsageError: there is none, one cannot be, is too large or has nothing to start from, or the settings do not go
            together.
    """
    check_request(settings)
    molecules = resolve(settings.molecules, settings.file)
    for molecule in molecules:
        check_molecule(molecule, settings)
    return molecules


def check_molecule(molecule: Molecule, settings: SimulatorSettings) -> str:
    """See that the molecule can be computed; the name of its ansatz, with its active space.

    Raises:
        UsageError: it cannot be, is too large or has nothing to start from, or the backend cannot do it here.
    """
    size = check_size(molecule.info, settings)
    check_options(settings.backend, backend_options(settings), size.num_qubits - SURELY_REMOVED[settings.mapper])
    name = ansatz_name(settings, size.active_space)
    if settings.warm_start is not None:
        previous_result(Lake(settings.lake).experiments, settings.warm_start, molecule.info, settings, name)
    return name
