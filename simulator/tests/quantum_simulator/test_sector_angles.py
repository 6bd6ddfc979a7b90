import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_simulator.ansatz.excitation_ansatz import Factor
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.sector.angles import Angles
from quantum_simulator.sector.program import TransitionTables, build_program
from quantum_simulator.sector.strings import occupation_strings


def _angles(*coefficients: float) -> Angles:
    strings = occupation_strings(2, 1)
    factors = [Factor(Excitation((0,), (1,)), 0, coefficient) for coefficient in coefficients]
    return Angles(build_program(2, factors, TransitionTables(strings, strings)), 1)


@given(st.floats(-100.0, 100.0))
def test_they_are_cosine_and_sine_of_the_factors_angles(parameter: float) -> None:
    angles = _angles(1.0, -0.5, 2.0)
    angles.set(np.array([parameter]))
    expected = parameter * np.array([1.0, -0.5, 2.0])
    np.testing.assert_allclose(angles.cosine, np.cos(expected), rtol=0, atol=1e-15)
    np.testing.assert_allclose(angles.sine, np.sin(expected), rtol=0, atol=1e-15)
    np.testing.assert_allclose(angles.cosine**2 + angles.sine**2, 1.0, rtol=0, atol=1e-15)


@pytest.mark.parametrize("parameter", [0.0, np.pi / 2, np.pi, -np.pi, 3 * np.pi, 1e-300])
def test_corners_are_right_too(parameter: float) -> None:
    angles = _angles(1.0)
    angles.set(np.array([parameter]))
    assert angles.cosine[0] == pytest.approx(np.cos(parameter), abs=1e-15)
    assert angles.sine[0] == pytest.approx(np.sin(parameter), abs=1e-15)


def test_what_is_no_number_stays_none() -> None:
    angles = _angles(1.0)
    with np.errstate(invalid="ignore"):
        angles.set(np.array([np.inf]))
    assert np.isnan(angles.cosine[0])
