"""The command of this room: the schemas of the results, printed, checked, generated, registered."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import CliPositionalArg

from quantum_contracts.command_line import Command, print_json, suggestion
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.streaming.levels import Level
from quantum_contracts.streaming.registry_settings import RegistrySettings

Action = Literal["print", "check", "generate", "register"]
SOURCE_DIRECTORY = Path("contracts/schemas")


class Schemas(Command):
    """Print, check, generate or register the Avro schemas of the results.

    `print` writes the released schema of a version, by default of the latest.

    `check` compares the released files with the models, and every pair of versions by Avro's rules of schema
    resolution; with --registry.url also with what the registry has. It exits with 1 where a file differs or a pair is
    not FULLy compatible, and says what would break.

    `generate` writes the files that are missing. It overwrites none: a released schema never changes.

    `register` publishes a version, by default all, and the schema of their keys under the subjects of their topics, and
    sets the subjects' compatibility. Within a subject the registry judges by that level: NONE lets everything pass.
    Across versions, which are subjects of their own, the gate of `check` judges whatever the level. If either says no,
    nothing is published, and it exits with 1. Doing it twice changes nothing.
    """

    action: CliPositionalArg[Action] = Field(description="print, check, generate or register")
    version: CliPositionalArg[str | None] = Field(default=None, description="what to print or register, for example v1")
    directory: Path | None = Field(
        default=None,
        description="other files to check or register than those of this installation; "
        f"where to generate (default: {SOURCE_DIRECTORY}, from the root of the repository)",
    )
    topic: str | None = Field(default=None, description="register one version for this topic, not for production's")
    compatibility: Level | None = Field(
        default=None,
        description="of the subjects: NONE in development, BACKWARD or FULL in production; "
        "where not given they keep theirs, and new ones get NONE",
    )
    registry: RegistrySettings = Field(default=RegistrySettings(), description="the schema registry")
    json_: bool = Field(default=False, alias="json", description="print what `check` or `register` finds as JSON")

    def execute(self) -> int:
        """Do the action."""
        if self.version is not None and self.action not in ("print", "register"):
            raise UsageError(f"`schemas {self.action}` takes all versions; leave out {self.version!r}")
        if self.topic is not None and (self.action != "register" or self.version is None):
            raise UsageError("--topic goes with `schemas register` and one version, for example v2")
        match self.action:
            case "print":
                self._print()
            case "check":
                return self._check()
            case "generate":
                self._generate()
            case "register":
                return self._register()
        return 0

    def _known_version(self) -> str | None:
        from quantum_contracts.topics import VERSIONS

        if self.version is not None and self.version not in VERSIONS:
            raise UsageError(f"there is no version {self.version!r}; {suggestion(self.version, VERSIONS)}")
        return self.version

    def _print(self) -> None:
        from quantum_contracts.avro_schema import released_text
        from quantum_contracts.topics import LATEST

        print(released_text(self._known_version() or LATEST), end="")

    def _check(self) -> int:
        from quantum_contracts.schema_check import check
        from quantum_contracts.schema_words import files_in_words, registry_as_json, registry_in_words, verdict_as_json

        report, registered = check(self.directory), None
        if "registry" in self.model_fields_set:
            from quantum_contracts.streaming.registered import look
            from quantum_contracts.streaming.registry import Registry

            registered = look(Registry(self.registry), report.texts)
        ok = report.ok and (registered is None or registered.ok)
        if self.json_:
            verdicts = [verdict_as_json(verdict) for verdict in report.verdicts]
            found = {"ok": ok, "files": report.files, "verdicts": verdicts}
            print_json(found if registered is None else found | {"registry": registry_as_json(registered)})
        else:
            _print_lines(files_in_words(report))
            _print_lines(() if registered is None else registry_in_words(registered))
        return 0 if ok else QuantumPipelineError.exit_code

    def _generate(self) -> None:
        from quantum_contracts.avro_schema import write_missing

        new = write_missing(self.directory or SOURCE_DIRECTORY)
        for path in new:
            print(f"wrote {path}")
        if not new:
            print("nothing to write: every version has its file, and it is what the models say")

    def _register(self) -> int:
        from quantum_contracts.schema_check import check, check_one
        from quantum_contracts.schema_words import publication_as_json, publication_in_words
        from quantum_contracts.streaming.families import checked_topic
        from quantum_contracts.streaming.publication import Candidate, publish
        from quantum_contracts.streaming.registry import Registry
        from quantum_contracts.topics import TOPIC_BY_VERSION, VERSIONS

        version = self._known_version()
        topic = None if self.topic is None else checked_topic(self.topic)
        report = check(self.directory) if version is None else check_one(version, self.directory)
        candidates = [
            Candidate(each, topic or TOPIC_BY_VERSION[each], report.texts[each])
            for each in ([version] if version else VERSIONS)
        ]
        publication = publish(Registry(self.registry), candidates, self.compatibility, report.verdicts)
        if self.json_:
            print_json(publication_as_json(publication))
        else:
            _print_lines(publication_in_words(publication))
        return QuantumPipelineError.exit_code if publication.refused else 0


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
