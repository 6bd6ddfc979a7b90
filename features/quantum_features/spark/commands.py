"""The commands of the jobs on Spark. pyspark is imported when a command runs, so that help comes at once."""

from quantum_contracts.command_line import Command, Group, console
from quantum_features.spark.maintain_command import Maintain
from quantum_features.spark.migrate_command import Migrate
from quantum_features.spark.rebuild_commands import Diff, Rebuild
from quantum_features.spark.spark_command import SparkCommand


class Process(SparkCommand):
    """Take in what has landed, and publish it in all tables at once.

    Reads the landing files that no batch has taken in yet, on Spark's executors; publishes their rows under the tag
    v_<batch id>. Files that cannot be read are set aside; `--retry-quarantined` reads them again.
    """

    def execute(self) -> int:
        """Process, and tell what was done."""
        from quantum_features.report import Place, as_json, show
        from quantum_features.spark.batch import nothing_new, process
        from quantum_features.spark.failures import told_in_one_line
        from quantum_features.spark.session import create_spark_session

        with told_in_one_line():
            report = nothing_new(self) or process(create_spark_session(self), self)
        if self.json_:
            print(as_json(report))
        else:
            show(report, Place(self.landing, self.warehouse, "quantum-features process"), console)
        return 0


COMMANDS: dict[str, type[Command] | Group] = {
    "process": Process,
    "maintain": Maintain,
    "diff": Diff,
    "rebuild": Rebuild,
    "migrate": Migrate,
}
