import re
from importlib import metadata

from quantum_simulator.backends import BACKENDS
from quantum_simulator.software import BY_BACKEND, own_version, versions


def test_versions_are_those_of_what_is_installed() -> None:
    assert versions("exact")["pyscf"] == metadata.version("pyscf")
    assert versions("aer")["qiskit-aer"] == metadata.version("qiskit-aer")
    assert "qiskit" not in versions("exact")


def test_every_backend_tells_its_software() -> None:
    assert set(BY_BACKEND) == set(BACKENDS)


def test_the_own_version_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", own_version())
