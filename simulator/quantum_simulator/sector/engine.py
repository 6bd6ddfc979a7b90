"""Which compiled code runs the passes: C, or numba where C cannot be compiled."""

import os
from collections.abc import Callable
from typing import Protocol

from quantum_contracts.errors import UsageError
from quantum_simulator.sector.angles import Angles
from quantum_simulator.sector.hamiltonian import Hamiltonian
from quantum_simulator.sector.layout import Doubles
from quantum_simulator.sector.native_build import NativeUnavailableError, load_native
from quantum_simulator.sector.native_engine import NativeEngine
from quantum_simulator.sector.program import Program
from quantum_simulator.sector.workspace import Workspace

KERNEL_VARIABLE = "QUANTUM_PIPELINE_KERNEL"
KERNELS = ("native", "numba")


class Passes(Protocol):
    """What can be done with one circuit's tables; state and adjoint lie in the workspace, energies are electronic."""

    def prepare_state(self) -> None:
        """Write the circuit's state."""

    def apply_hamiltonian(self) -> float:
        """Write H state to the adjoint; return <state|H|state>, hartree."""

    def energy(self) -> float:
        """Of the circuit's state, hartree."""

    def energy_and_gradient(self, gradient: Doubles) -> float:
        """Add the derivatives by parameter, hartree per radian, to `gradient`; return the energy, hartree."""

    def energy_and_pool_gradient(self, pool: Program, gradient: Doubles) -> float:
        """Add the derivatives of the factors of `pool`, appended at zero, to `gradient`; return the energy."""


class Engine(Protocol):
    """Compiled code for the passes."""

    @property
    def name(self) -> str:
        """One of KERNELS."""

    def passes(self, hamiltonian: Hamiltonian, program: Program, work: Workspace, angles: Angles) -> Passes:
        """The passes over these tables."""


_loaded: dict[str | None, Engine] = {}


def load_engine(kernel: str | None = None, tell: Callable[[str], None] | None = None) -> Engine:
    """The engine `kernel`, one of KERNELS; None: what the environment says, else native, else numba.

    A process loads an engine once. While it does, `tell` gets a line where compiling took time, and one where numba
    has to take over.

    Raises:
        UsageError: there is no such kernel, or the native one was asked for and cannot be had.
    """
    wanted = kernel or os.environ.get(KERNEL_VARIABLE) or None
    if wanted not in (None, *KERNELS):
        raise UsageError(f"there is no kernel {wanted!r}; {KERNEL_VARIABLE} can be {' or '.join(KERNELS)}")
    if wanted not in _loaded:
        _loaded[wanted] = _load(wanted, tell or _tell_nobody)
    return _loaded[wanted]


def _load(wanted: str | None, tell: Callable[[str], None]) -> Engine:
    if wanted != "numba":
        try:
            library = load_native()
        except NativeUnavailableError as unavailable:
            if wanted == "native":
                raise UsageError(f"{unavailable}; {KERNEL_VARIABLE}=numba needs none") from unavailable
            tell(f"{unavailable}: numba takes over, exact simulations take about three times as long")
        else:
            _tell_cost(library.seconds, tell)
            return NativeEngine(library.functions)
    from quantum_simulator.sector.numba_engine import load_numba  # takes long to import

    engine, seconds = load_numba()
    _tell_cost(seconds, tell)
    return engine


def _tell_cost(seconds: float, tell: Callable[[str], None]) -> None:
    if seconds:
        tell(f"compiled kernels (once, {seconds:.1f} s)")


def _tell_nobody(message: str) -> None:
    del message
