"""Buckets, accounts and the connector, brought about as a person brings them about: by the ingestion room."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantum_e2e.store import Store
from quantum_ingestion.application import apply, judge, plan
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.connector_file import ours
from quantum_ingestion.settings import IngestionSettings, StoreSettings
from quantum_ingestion.store import prepare

if TYPE_CHECKING:
    from quantum_e2e.stack import Stack

SECONDS_TO_RUN = 120


@dataclass(frozen=True)
class Account:
    """An account of the store."""

    access_key: str
    secret_key: str


@dataclass(frozen=True)
class Accounts:
    """Who may do what in the store, beside its administrator."""

    connector: Account
    features: Account


def prepare_store(store: Store) -> Accounts:
    """Make the buckets, and an account for each that writes to them."""
    accounts = Accounts(
        Account("e2e-connector", secrets.token_hex(16)),
        Account("e2e-features", secrets.token_hex(16)),
    )
    grant(store, accounts)
    return accounts


def grant(store: Store, accounts: Accounts) -> None:
    """Bring about the buckets for these accounts, in place of others."""
    prepare(
        StoreSettings.model_validate(
            {
                "store_url": store.endpoint_host,
                "store_access_key": store.access_key,
                "store_secret_key": store.secret_key,
                "store_region": store.region,
                "store_ca_location": store.ca,
                "connector_access_key": accounts.connector.access_key,
                "connector_secret_key": accounts.connector.secret_key,
                "features_access_key": accounts.features.access_key,
                "features_secret_key": accounts.features.secret_key,
            }
        )
    )


def apply_connector(stack: "Stack", tasks: int = 1) -> None:
    """Bring about the specification's connector, and wait until it runs."""
    settings = IngestionSettings(
        connect_url=stack.connect.url,
        wait=SECONDS_TO_RUN,
        tasks_max=tasks,
        worker_store_url=stack.store.endpoint_network,
        worker_registry_url=stack.registry.url_in_network,
    )
    client = ConnectClient(settings)
    planned = plan(ours(), client, settings)
    judge(planned, client, print)
    apply(planned, client, settings.wait, print)
