import subprocess
import sys

import pytest

from quantum_contracts.errors import UsageError
from quantum_simulator.sector import engine
from quantum_simulator.sector.engine import KERNEL_VARIABLE, load_engine
from quantum_simulator.sector.native_build import NativeLibrary, NativeUnavailableError, load_native


@pytest.fixture(autouse=True)
def _nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_loaded", {})
    monkeypatch.delenv(KERNEL_VARIABLE, raising=False)


def _unavailable() -> NativeLibrary:
    raise NativeUnavailableError("there is no C compiler")


def test_native_comes_first() -> None:
    assert load_engine().name == "native"


@pytest.mark.parametrize("kernel", ["native", "numba"])
def test_the_environment_chooses(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KERNEL_VARIABLE, kernel)
    assert load_engine().name == kernel


def test_an_argument_overrules_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KERNEL_VARIABLE, "numba")
    assert load_engine("native").name == "native"


def test_numba_takes_over_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "load_native", _unavailable)
    load_engine("numba")
    told: list[str] = []
    assert load_engine(tell=told.append).name == "numba"
    assert load_engine(tell=told.append).name == "numba"
    assert told == ["there is no C compiler: numba takes over, exact simulations take about three times as long"]


def test_the_cost_of_compiling_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    library = load_native()
    monkeypatch.setattr(engine, "load_native", lambda: NativeLibrary(library.functions, 1.26))
    told: list[str] = []
    load_engine(tell=told.append)
    load_engine(tell=told.append)
    assert told == ["compiled kernels (once, 1.3 s)"]


def test_native_that_was_asked_for_and_cannot_be_had_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "load_native", _unavailable)
    with pytest.raises(UsageError, match=f"there is no C compiler; {KERNEL_VARIABLE}=numba needs none"):
        load_engine("native")


def test_an_unknown_kernel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KERNEL_VARIABLE, "fortran")
    with pytest.raises(UsageError, match="there is no kernel 'fortran'; .* can be native or numba"):
        load_engine()


def test_the_native_engine_needs_no_numba() -> None:
    code = (
        "import sys\n"
        "from tests.quantum_simulator.support_problems import problem, uccsd_of\n"
        "from quantum_simulator.sector.engine import load_engine\n"
        "from quantum_simulator.sector.simulator import SectorSimulator\n"
        "import numpy as np\n"
        "p = problem('H2')\n"
        "print(SectorSimulator(p, uccsd_of(p), load_engine('native')).energy(np.zeros(3)), 'numba' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.split()[1] == "False"
