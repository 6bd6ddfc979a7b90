"""Versions of the software that a result depends on."""

import platform
from functools import cache
from importlib import metadata, resources

ALWAYS = ("numpy", "scipy", "pyscf", "numba")
BY_BACKEND = {"exact": (), "aer": ("qiskit", "qiskit-aer"), "ibm": ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")}


@cache
def own_version() -> str:
    """The version of this component."""
    return (resources.files("quantum_simulator") / "VERSION").read_text("utf-8").strip()


def versions(backend: str) -> dict[str, str]:
    """Version by package name, for what a run on `backend` uses."""
    packages = (*ALWAYS, *BY_BACKEND[backend])
    return {
        "quantum-simulator": own_version(),
        "python": platform.python_version(),
        **{package: _installed(package) for package in packages},
    }


@cache
def _installed(package: str) -> str:
    """The version of a package; finding it takes milliseconds."""
    return metadata.version(package)
