"""The picture of the tables: cost against qubits, and the largest molecule of the tables."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.environments import OURS
from simulator.rows import Row


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write it as SVG, the same bytes for the same rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": "quantum-pipeline", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(11, 5.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        _chain(left, [row for row in rows if row.part == "chain" and row.gradient_seconds])
        _molecule(right, [row for row in rows if row.part == "molecules" and row.gradient_seconds])
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8)
        figure.savefig(path, metadata={"Date": None})


def _chain(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set_prop_cycle(color=[mpl.colormaps["tab20"](number) for number in range(20)])
    for peer in dict.fromkeys(row.peer for row in rows):
        points = [(row.qubits, (row.gradient_seconds or 0.0) * 1e3) for row in rows if row.peer == peer]
        ours = peer == OURS.name
        axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=peer, linewidth=3 if ours else 1)
    axes.set(
        yscale="log",
        xlabel="qubits (chains of hydrogen atoms, STO-3G)",
        ylabel="energy and all derivatives, ms",
        title="Cost against qubits, one thread",
    )
    axes.grid(alpha=0.3)


def _molecule(axes: Axes, rows: Sequence[Row]) -> None:
    largest = max((row.qubits for row in rows), default=0)
    rows = sorted(
        (row for row in rows if row.qubits == largest), key=lambda row: row.gradient_seconds or 0.0, reverse=True
    )
    times = [(row.gradient_seconds or 0.0) * 1e3 for row in rows]
    colours = ["tab:blue" if row.peer == OURS.name else "tab:gray" for row in rows]
    axes.barh([row.peer for row in rows], times, color=colours)
    for place, time in enumerate(times):
        axes.text(time, place, f" {time:,.3g}" if time < 1000 else f" {time:,.0f}", va="center", fontsize=7)
    axes.set(
        xscale="log",
        xlabel="energy and all derivatives, ms",
        title=f"{rows[0].molecule}, {largest} qubits, one thread" if rows else "",
    )
    axes.margins(x=0.15)
