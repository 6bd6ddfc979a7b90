"""From a sweep's file to its points: always the same points, with the same ids, in the same order."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_contracts.validation import describe, field_path
from quantum_simulator.request import check_request
from quantum_simulator.sweep.molecule_entry import molecules_of
from quantum_simulator.sweep.point import SETTINGS, Point, PointSettings
from quantum_simulator.sweep.yaml_file import Place, YamlFile, read_yaml

MOST_POINTS = 100_000
MOLECULE = "molecule"
KEYS = (MOLECULE, *SETTINGS)
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class SweepFile(BaseModel):
    """A sweep as its file says it.

    `grid` has lists, of which every combination is a point, the last list varying fastest; `fixed` holds for all
    points; `experiments` are points of their own, over `fixed`. The keys are `molecule` and the settings of `simulate`.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    fixed: dict[str, Any] = {}
    grid: dict[str, Annotated[list[Any], Field(min_length=1)]] = {}
    experiments: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Sweep:
    """A sweep's name and its points, none of them twice."""

    name: str
    points: tuple[Point, ...]
    repeated: int  # points that the file gives more than once


@dataclass(frozen=True)
class _Choice:
    """A value of a key, and where it stands in the file."""

    value: Any
    place: Place


_Axes = dict[str, list[_Choice]]  # the choices that each key has


def read_sweep(path: Path) -> Sweep:
    """Read and check a whole sweep: every point's molecule, its settings and that they go together.

    Raises:
        UsageError: what is wrong, with file and line.
    """
    file = read_yaml(path)
    if not isinstance(file.data, dict):
        raise UsageError(f"{path}: a sweep is a mapping with {', '.join(SweepFile.model_fields)}")
    try:
        said = SweepFile.model_validate(file.data)
    except ValidationError as error:
        raise UsageError(_told(file, error, ())) from error
    points = [point for axes in _all_axes(file, said) for point in _points(file, axes)]
    if not points:
        raise UsageError(f"{path}: the sweep has no points: give it a `grid` or `experiments`")
    distinct: dict[str, Point] = {}
    for point in points:
        distinct.setdefault(point.point_id, point)
    return Sweep(said.name or path.stem, tuple(distinct.values()), len(points) - len(distinct))


def _all_axes(file: YamlFile, said: SweepFile) -> list[_Axes]:
    """One set of axes for the grid and one for each experiment, all with what is fixed.

    Raises:
        UsageError: an unknown key, one that is fixed and in the grid, too many points, a molecule that cannot be.
    """
    _check_keys(file, said)
    fixed = {key: _choices(file, ("fixed", key), key, [value]) for key, value in said.fixed.items()}
    found = [
        fixed | {key: _choices(file, ("experiments", number, key), key, [value]) for key, value in experiment.items()}
        for number, experiment in enumerate(said.experiments)
    ]
    if said.grid:
        found.insert(0, fixed | {key: _choices(file, ("grid", key), key, values) for key, values in said.grid.items()})
    count = sum(prod(len(choices) for choices in axes.values()) for axes in found)
    if count > MOST_POINTS:
        raise UsageError(f"{file.path}: the sweep has {count:,} points, at most {MOST_POINTS:,} are allowed")
    for axes, place in zip(found, [*([("grid",)] if said.grid else []), *_numbered(said)], strict=True):
        if MOLECULE not in axes:
            raise UsageError(f"{file.where(place)}: there is no `{MOLECULE}` here, nor under `fixed`")
    return found


def _numbered(said: SweepFile) -> list[Place]:
    return [("experiments", number) for number in range(len(said.experiments))]


def _check_keys(file: YamlFile, said: SweepFile) -> None:
    sections: list[tuple[Place, dict[str, Any]]] = [(("fixed",), said.fixed), (("grid",), said.grid)]
    sections += zip(_numbered(said), said.experiments, strict=True)
    for place, section in sections:
        for key in section:
            if key not in KEYS:
                where = file.where((*place, key))
                raise UsageError(f"{where}: there is no setting {key[:40]!r}; {suggestion(key, KEYS)}")
            if place == ("grid",) and key in said.fixed:
                raise UsageError(f"{file.where((*place, key))}: {key} stands under `fixed`, too")


def _choices(file: YamlFile, place: Place, key: str, values: list[Any]) -> list[_Choice]:
    """The choices of a key; each entry of molecules may stand for many."""
    places: list[Place] = [(*place, number) for number in range(len(values))] if place[0] == "grid" else [place]
    if key != MOLECULE:
        return [_Choice(value, one) for value, one in zip(values, places, strict=True)]
    found = []
    for value, one in zip(values, places, strict=True):
        try:
            molecules = molecules_of(value, file.path.parent)
        except ValidationError as error:
            raise UsageError(_told(file, error, one)) from error
        except UsageError as error:
            raise UsageError(f"{file.where(one)}: {error}") from error
        found += [_Choice(molecule, one) for molecule in molecules]
    return found


def _points(file: YamlFile, axes: _Axes) -> Iterator[Point]:
    """Every combination; settings that several molecules share are checked once."""
    names = [key for key in axes if key != MOLECULE]
    known: dict[tuple[Place, ...], PointSettings] = {}
    for combination in itertools.product(*axes.values()):
        choices = dict(zip(axes, combination, strict=True))
        chosen = {name: choices[name] for name in names}
        places = tuple(choice.place for choice in chosen.values())
        if places not in known:
            known[places] = _settings(file, chosen)
        yield Point(choices[MOLECULE].value, known[places])


def _settings(file: YamlFile, chosen: dict[str, _Choice]) -> PointSettings:
    try:
        settings = PointSettings(**{name: choice.value for name, choice in chosen.items()})
    except ValidationError as error:
        first = str(error.errors(include_url=False, include_context=False)[0]["loc"][0])
        where = file.where(chosen[first].place if first in chosen else ())
        raise UsageError(f"{where}: {describe(error)}") from error
    try:
        check_request(settings)
    except UsageError as error:
        last = max((choice.place for choice in chosen.values()), key=file.line, default=())
        said = " ".join(f"{name}={choice.value}" for name, choice in chosen.items())
        raise UsageError(f"{file.where(last)}: {said}: {error}") from error
    return settings


def _told(file: YamlFile, error: ValidationError, place: Place) -> str:
    first = error.errors(include_url=False, include_context=False)[0]["loc"]
    return f"{file.where((*place, *first))}: {describe(error, field_path)}"
