"""The command that prepares an object store. Clients are imported when it runs, so that help comes at once."""

from typing import TYPE_CHECKING

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from quantum_contracts.command_line import Command, console, print_json, print_line
from quantum_ingestion.settings import StoreSettings

if TYPE_CHECKING:
    from quantum_ingestion.store import Prepared


class Buckets(Command, StoreSettings):
    """Make the buckets of an object store, and the accounts that may use them.

    The connector's account may write, read and list under the landing folder; the tables' account may read what has
    landed and do anything with the tables' files; nobody else may do anything, which is tried at the end. versitygw
    and MinIO have accounts of their own; other stores get buckets with public access blocked, and --policies prints
    what their accounts need. Can be run again, and twice at once.
    """

    model_config = SettingsConfigDict(env_prefix_target="all")  # pydantic merges it with those of both bases

    policies: bool = Field(default=False, description="print the policies of both accounts as JSON, and do nothing")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Prepare the store, or print the policies."""
        from quantum_ingestion.store import buckets_of, prepare
        from quantum_ingestion.store_policies import account_policy

        if self.policies:
            buckets = buckets_of(self)
            print_json(
                {
                    "connector": account_policy(buckets.connector_grants()),
                    "features": account_policy(buckets.features_grants()),
                }
            )
            return 0
        prepared = prepare(self)
        if self.json_:
            print_json({"kind": prepared.kind, "created": prepared.created, "accounts": list(prepared.accounts)})
        else:
            _show_prepared(prepared)
        return 0


def _show_prepared(prepared: "Prepared") -> None:
    for name, created in prepared.created.items():
        print_line(console, f"bucket {name}: {'created' if created else 'was there'}; closed to everybody else")
    for role in prepared.accounts:
        print_line(console, f"account of the {role}: has its own rights")
    if not prepared.accounts:
        print_line(
            console,
            "no accounts made: "
            + (
                "this store's are made with its own tools; `ingestion buckets --policies` prints what they need"
                if prepared.kind == "s3"
                else "give names and secrets of both, see `ingestion buckets --help`"
            ),
        )
