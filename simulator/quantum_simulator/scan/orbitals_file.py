"""The orbitals of a point, kept beside its result: a scan that is taken up again starts from the same neighbour."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from quantum_simulator.electronic.orbitals import Orbitals
from quantum_simulator.sinks.durable import sync_file, sync_folder, temporary_file


def write_orbitals(orbitals: Orbitals, path: Path) -> None:
    """Write `orbitals` to `path`, whole and durable, or not at all."""
    with temporary_file(path.parent) as (temporary, file):
        arrays: dict[str, Any] = {field.name: np.asarray(getattr(orbitals, field.name)) for field in fields(orbitals)}
        np.savez(file, **arrays)
        sync_file(file)
        temporary.replace(path)
    sync_folder(path.parent)


def read_orbitals(path: Path) -> Orbitals:
    """Read what `write_orbitals` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        names = tuple(str(name) for name in arrays["basis_functions"])
        return Orbitals(
            **{field.name: arrays[field.name] for field in fields(Orbitals) if field.name != "basis_functions"},
            basis_functions=names,
        )
