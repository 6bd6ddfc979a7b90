"""The commands of the jobs on Spark. pyspark is imported when a command runs, so that help comes at once."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from quantum_contracts.command_line import Command, Group, console
from quantum_features.spark.settings import SparkSettings


class SparkCommand(Command, SparkSettings):
    """Base of the commands: their settings come from the variables that the specification names, too."""

    model_config = SettingsConfigDict(env_prefix_target="variable", frozen=True)  # S3_ENDPOINT has no prefix

    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")


class Process(SparkCommand):
    """Take in what has landed, and publish it in all tables at once.

    Reads the landing files that no batch has taken in yet, on Spark's executors; publishes their rows under the tag
    v_<batch id>. Files that cannot be read are set aside; `--retry-quarantined` reads them again.
    """

    def execute(self) -> int:
        """Process, and tell what was done."""
        from quantum_features.report import Place, as_json, show
        from quantum_features.spark.batch import process
        from quantum_features.spark.failures import told_in_one_line
        from quantum_features.spark.session import create_spark_session

        with told_in_one_line():
            report = process(create_spark_session(self), self)
        if self.json_:
            print(as_json(report))
        else:
            show(report, Place(self.landing, self.warehouse, "quantum-features process"), console)
        return 0


COMMANDS: dict[str, type[Command] | Group] = {"process": Process}
