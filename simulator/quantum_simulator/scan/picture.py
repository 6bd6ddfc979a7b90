"""A curve as a picture: the energies above, the error against the reference below."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_simulator.scan.curve import Curve

SUFFIXES = (".png", ".svg")
SIZE = (7.0, 6.0)  # inches
DOTS_PER_INCH = 150
CHEMICAL_ACCURACY = 1.6  # millihartree
STYLES = {"HF": "s--", "FCI": "k-", "VQE": "o"}


def check_picture(path: Path) -> None:
    """See that a picture can be written there.

    Raises:
        UsageError: its name ends in no format that is drawn, or its folder is not there.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: a picture's name ends in {' or '.join(SUFFIXES)}")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent} for the picture")


def draw(curve: Curve, path: Path) -> None:
    """Draw the curve to `path`, as PNG or SVG by its suffix.

    Raises:
        QuantumPipelineError: the file cannot be written.
    """
    figure = Figure(figsize=SIZE, layout="constrained")  # without a window system: nothing but files is drawn to
    energies, errors = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    _draw_energies(curve, energies)
    _draw_errors(curve, errors)
    first = curve.points[0].summary
    figure.suptitle(f"{curve.molecule} in {first.basis_set}: {curve.coordinate.name}")
    errors.set_xlabel(f"{curve.coordinate.name} ({curve.coordinate.unit})")
    try:
        figure.savefig(path, dpi=DOTS_PER_INCH)
    except OSError as error:
        raise QuantumPipelineError(f"cannot write the picture {path}: {error.strerror}") from error


def _draw_energies(curve: Curve, axes: Axes) -> None:
    series: dict[str, list[float | None]] = {
        "HF": [point.summary.hf_energy for point in curve.points],
        "FCI": [point.summary.reference_energy for point in curve.points],
        "VQE": [point.summary.energy for point in curve.points],
    }
    for name, energies in series.items():
        known = _known(curve, energies)
        if known:
            axes.plot(*np.array(known).T, STYLES[name], label=name, markersize=4)
    axes.set_ylabel("total energy (hartree)")
    axes.legend()
    axes.grid(alpha=0.3)


def _draw_errors(curve: Curve, axes: Axes) -> None:
    known = _known(curve, [point.summary.error_mha for point in curve.points])
    if known:
        axes.plot(*np.array(known).T, "o-", markersize=4)
        axes.axhline(CHEMICAL_ACCURACY, color="grey", linestyle=":", label=f"{CHEMICAL_ACCURACY} mHa")
        axes.legend()
    axes.set_ylabel("VQE - FCI (mHa)")
    axes.grid(alpha=0.3)


def _known(curve: Curve, energies: list[float | None]) -> list[tuple[float, float]]:
    """Values of the coordinate, ascending, with the energies there that are known."""
    pairs = zip(curve.points, energies, strict=True)
    return sorted((point.value, energy) for point, energy in pairs if energy is not None)
