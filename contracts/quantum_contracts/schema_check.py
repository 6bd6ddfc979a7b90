"""Are the released schemas what the models say, and do all versions go together?"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastavro.schema import SchemaParseException, UnknownType, parse_schema

from quantum_contracts.avro_schema import Schema, file_name, generate_version, released_text, render
from quantum_contracts.compatibility import Compatibility, Verdict, compare_all
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.topics import VERSIONS


@dataclass(frozen=True)
class Report:
    """What a check found."""

    files: dict[str, bool]
    """By version, whether its file is what the models say."""
    verdicts: list[Verdict]
    texts: dict[str, str]
    """By version, what its file holds."""

    @property
    def ok(self) -> bool:
        """Whether nothing has to be done."""
        return all(self.files.values()) and all(
            verdict.compatibility is Compatibility.FULL for verdict in self.verdicts
        )


def check(directory: Path | None = None) -> Report:
    """Check the files in `directory`, or those of this package.

    Raises:
        QuantumPipelineError: a file holds no schema.
        OSError: a file cannot be read.
    """
    return check_texts({version: _text(version, directory) for version in VERSIONS})


def check_one(version: str, directory: Path | None = None) -> Report:
    """Check the file of one version in `directory` beside those of this package; raises as `check`."""
    return check_texts({other: _text(other, directory if other == version else None) for other in VERSIONS})


def check_texts(texts: dict[str, str]) -> Report:
    """Check what files hold, by version; raises as `check`."""
    return Report(
        files={version: text == render(generate_version(version)) for version, text in texts.items()},
        verdicts=compare_all({version: _schema(version, text) for version, text in texts.items()}),
        texts=texts,
    )


def _text(version: str, directory: Path | None) -> str:
    if directory is None:
        return released_text(version)
    return (directory / file_name(version)).read_text(encoding="utf-8")


def _schema(version: str, text: str) -> Schema | str | list[Any]:
    try:
        return parse_schema(json.loads(text))
    except json.JSONDecodeError as error:
        raise QuantumPipelineError(f"{file_name(version)} is not JSON: {error}") from error
    except (SchemaParseException, UnknownType) as error:
        raise QuantumPipelineError(f"{file_name(version)} holds no schema: {error!r}") from error
