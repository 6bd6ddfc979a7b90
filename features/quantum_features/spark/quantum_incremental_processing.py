"""The job that the DAG submits: `spark-submit quantum_incremental_processing.py` (system specification, section 4).

Settings come from the environment, else from `DEFAULT_CONFIG`, else from the defaults of `SparkSettings`; `--help`
tells them all.
"""

import sys

from quantum_contracts.command_line import run_one
from quantum_features.spark.commands import Process
from quantum_features.spark.settings import SparkSettings

PROGRAM = "quantum_incremental_processing.py"

DEFAULT_CONFIG: dict[str, str] = {
    name.upper(): str(SparkSettings.model_fields[name].default)
    for name in ("s3_endpoint", "spark_master", "s3_bucket", "s3_warehouse", "app_name")
}


def main() -> int:
    """Process what is new; return the exit code."""
    return run_one(PROGRAM, Process)


if __name__ == "__main__":
    sys.exit(main())
