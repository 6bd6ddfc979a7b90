"""The command that maintains the tables. pyspark is imported when it runs, so that help comes at once."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from quantum_contracts.command_line import console, print_line
from quantum_contracts.errors import UsageError
from quantum_features.spark.spark_command import SparkCommand


class Maintain(SparkCommand):
    """Keep the tables fast to read and no larger than their history.

    Joins small files and manifests, drops the tags that have had their time and lets snapshots go that no tag names,
    removes files that no table refers to. Readers and writers go on meanwhile. What was killed is done by the next run.

    `--pin TAG` lets a tag stay for ever, `--unpin TAG` ends that; nothing else is done then.
    """

    dry_run: bool = Field(default=False, description="tell what would be done, and change nothing")
    orphan_age_hours: Annotated[int, Field(ge=25)] = Field(
        default=72,
        description="hours after which files go that no table refers to; a batch publishes in its first 24 hours only",
    )
    pin: str | None = Field(default=None, description="a batch's tag that is to stay for ever")
    unpin: str | None = Field(default=None, description="a tag that is to go as any other, by its batch's age")

    def execute(self) -> int:
        """Maintain, and tell what was done."""
        if self.pin is not None or self.unpin is not None:
            return self._pin()
        from quantum_features.spark.failures import told_in_one_line
        from quantum_features.spark.maintenance import maintain
        from quantum_features.spark.maintenance_report import as_json, show
        from quantum_features.spark.session import create_spark_session

        with told_in_one_line():
            age = timedelta(hours=self.orphan_age_hours)
            report = maintain(create_spark_session(self), self, age, dry_run=self.dry_run)
        if self.json_:
            print(as_json(report))
        else:
            show(report, console)
        return 0

    def _pin(self) -> int:
        from quantum_features.spark.failures import told_in_one_line
        from quantum_features.spark.pinning import pin, unpin

        if self.pin is not None and self.unpin is not None:
            raise UsageError("--pin and --unpin are two tasks: give one of them")
        if self.dry_run:
            raise UsageError("--dry-run tells what maintenance would do; --pin and --unpin do none")
        with told_in_one_line():
            if self.pin is not None:
                pin(self, self.pin)
                print_line(console, f"{self.pin} stays for ever, in all tables")
            elif self.unpin is not None:
                unpin(self, self.unpin)
                print_line(console, f"{self.unpin} goes {self.tag_retention_days} days after its batch was published")
        return 0
