"""One point of a sweep: a molecule, and how it is computed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from quantum_simulator.commands import Simulate
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.settings import NOT_OF_A_RESULT
from quantum_simulator.software import own_version

NOT_OF_A_POINT = {"molecules", "file", "sink", *NOT_OF_A_RESULT}  # what a point's energy does not depend on
SETTINGS = tuple(name for name in Simulate.model_fields if name not in NOT_OF_A_POINT)
ID_DIGITS = 16


class PointSettings(Simulate):
    """What `simulate` would be told for one point: by the sweep's file alone, not by the environment.

    So a file means the same points wherever it is read.
    """

    model_config = SettingsConfigDict(extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the constructor is given, and nothing else."""
        return (init_settings,)


@dataclass(frozen=True)
class Point:
    """A molecule and its settings."""

    molecule: Molecule
    settings: PointSettings

    @cached_property
    def choices(self) -> dict[str, Any]:
        """The settings that a point has, by name, as JSON has them."""
        return self.settings.model_dump(mode="json", exclude=NOT_OF_A_POINT)

    @cached_property
    def point_id(self) -> str:
        """Tells points apart: made of what is computed, how, and by which version; the same wherever it is asked."""
        identity = [own_version(), self.molecule.info.model_dump(mode="json"), self.choices]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:ID_DIGITS]


def varying(points: Sequence[Point]) -> list[str]:
    """The settings that are not the same in all points."""
    return [name for name in SETTINGS if len({repr(point.choices[name]) for point in points}) > 1]


def described(point: Point, names: Sequence[str]) -> str:
    """The point's molecule and its settings of these names, for example `LiH 0-1=1.6 ansatz=uccsd seed=3`."""
    return " ".join([point.molecule.name, *(f"{name}={point.choices[name]}" for name in names)])
