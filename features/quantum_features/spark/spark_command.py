"""What the commands on Spark have in common: where data and tables are."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from quantum_contracts.command_line import Command
from quantum_features.spark.settings import SparkSettings


class SparkCommand(Command, SparkSettings):
    """Base of the commands: their settings come from the variables that the specification names, too."""

    model_config = SettingsConfigDict(env_prefix_target="variable", frozen=True)  # S3_ENDPOINT has no prefix

    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")
