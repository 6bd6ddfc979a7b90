"""The command of this room: the schemas of the results, printed, checked, generated."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field
from pydantic_settings import CliPositionalArg

from quantum_contracts.command_line import Command, print_json, suggestion
from quantum_contracts.errors import QuantumPipelineError, UsageError

if TYPE_CHECKING:
    from quantum_contracts.schema_check import Report

Action = Literal["print", "check", "generate"]
SOURCE_DIRECTORY = Path("contracts/schemas")


class Schemas(Command):
    """Print, check or generate the Avro schemas of the results.

    `print` writes the released schema of a version, by default of the latest.

    `check` compares the released files with the models, and every pair of versions by Avro's rules of schema
    resolution. It exits with 1 where a file differs or a pair is not FULLy compatible, and says what would break.

    `generate` writes the files that are missing. It overwrites none: a released schema never changes.
    """

    action: CliPositionalArg[Action] = Field(description="print, check or generate")
    version: CliPositionalArg[str | None] = Field(default=None, description="what to print, for example v1")
    directory: Path | None = Field(
        default=None,
        description="other files to check than those of this installation; "
        f"where to generate (default: {SOURCE_DIRECTORY}, from the root of the repository)",
    )
    json_: bool = Field(default=False, alias="json", description="print what `check` finds as JSON")

    def execute(self) -> int:
        """Do the action."""
        if self.version is not None and self.action != "print":
            raise UsageError(f"`schemas {self.action}` takes all versions; leave out {self.version!r}")
        match self.action:
            case "print":
                self._print()
            case "check":
                return self._check()
            case "generate":
                self._generate()
        return 0

    def _print(self) -> None:
        from quantum_contracts.avro_schema import released_text
        from quantum_contracts.topics import LATEST, VERSIONS

        version = self.version or LATEST
        if version not in VERSIONS:
            raise UsageError(f"there is no version {version!r}; {suggestion(version, VERSIONS)}")
        print(released_text(version), end="")

    def _check(self) -> int:
        from quantum_contracts.schema_check import check

        report = check(self.directory)
        if self.json_:
            verdicts = [asdict(verdict) | {"compatibility": verdict.compatibility} for verdict in report.verdicts]
            print_json({"ok": report.ok, "files": report.files, "verdicts": verdicts})
        else:
            _print_report(report)
        return 0 if report.ok else QuantumPipelineError.exit_code

    def _generate(self) -> None:
        from quantum_contracts.avro_schema import write_missing

        new = write_missing(self.directory or SOURCE_DIRECTORY)
        for path in new:
            print(f"wrote {path}")
        if not new:
            print("nothing to write: every version has its file, and it is what the models say")


def _print_report(report: "Report") -> None:
    for version, same in report.files.items():
        print(f"{version}: the file {'is' if same else 'is NOT'} what the models say")
    for verdict in report.verdicts:
        print(f"{verdict.old} and {verdict.new}: {verdict.compatibility}")
        for reader, writer, problems in (
            (verdict.new, verdict.old, verdict.backward_problems),
            (verdict.old, verdict.new, verdict.forward_problems),
        ):
            print(f"  {reader} {'cannot read' if problems else 'reads'} what {writer} writes")
            for problem in problems:
                print(f"    {problem}")
