"""Buckets and accounts as the platform needs them, brought about again and again without harm."""

from collections.abc import Callable
from dataclasses import dataclass

from quantum_contracts.errors import UsageError
from quantum_ingestion.errors import StoreError
from quantum_ingestion.settings import StoreKind, StoreSettings
from quantum_ingestion.store_accounts import Account, Accounts
from quantum_ingestion.store_client import StoreClient
from quantum_ingestion.store_minio import MinioAccounts
from quantum_ingestion.store_policies import Buckets
from quantum_ingestion.store_versitygw import VersitygwAccounts

_SERVERS: dict[str, StoreKind] = {"versitygw": "versitygw", "minio": "minio"}
_ACCOUNTS: dict[StoreKind, Callable[[StoreClient], Accounts]] = {
    "versitygw": VersitygwAccounts,
    "minio": MinioAccounts,
}
_FIELDS = ("connector_access_key", "connector_secret_key", "features_access_key", "features_secret_key")


@dataclass(frozen=True)
class Prepared:
    """What the store has now."""

    kind: StoreKind
    created: dict[str, bool]
    """The buckets, and whether they were not there before."""
    accounts: tuple[str, ...]
    """The roles that have an account with their own rights."""


def prepare(settings: StoreSettings) -> Prepared:
    """Make the buckets, and where the store has accounts of its own, the accounts and their policies.

    Raises:
        UsageError: something needed is not given.
        StoreError: the store does not answer, says no, or lets anybody in.
    """
    buckets = buckets_of(settings)
    accounts = accounts_of(settings, buckets)
    client = StoreClient(settings)
    kind = kind_of(settings, client)
    created = {name: client.create_bucket(name) for name in buckets.names}
    administration = _ACCOUNTS.get(kind)
    if administration is None:
        for name in buckets.names:
            client.block_public_access(name)
    elif accounts:
        administration(client).bring_about(accounts, buckets.names)
    for name in buckets.names:
        if client.is_open(name):
            raise StoreError(
                f"anybody may look into the bucket {name}: take away its policy or access list that allows it"
            )
    return Prepared(kind, created, tuple(account.role for account in accounts) if administration else ())


def buckets_of(settings: StoreSettings) -> Buckets:
    """The buckets' names."""
    if settings.landing_bucket == settings.features_bucket:
        raise UsageError(f"landing and features need two buckets, not {settings.landing_bucket} twice")
    return Buckets(settings.landing_bucket, settings.landing_prefix, settings.features_bucket)


def kind_of(settings: StoreSettings, client: StoreClient) -> StoreKind:
    """Which store it is: as set, or as it calls itself."""
    if settings.store_kind != "auto":
        return settings.store_kind
    return _SERVERS.get(client.server().casefold(), "s3")


def accounts_of(settings: StoreSettings, buckets: Buckets) -> tuple[Account, ...]:
    """Both accounts, or none where none is given.

    Raises:
        UsageError: a part is missing, or two accounts are one.
    """
    given = [getattr(settings, field) for field in _FIELDS]
    if not any(given):
        return ()
    connector, connector_secret, features, features_secret = given
    missing = [field.upper() for field, value in zip(_FIELDS, given, strict=True) if not value]
    if missing:
        names = " and ".join(f"QUANTUM_PIPELINE_{name}" for name in missing)
        raise UsageError(f"the accounts go together: set {names} too, or none of the four")
    if len({settings.store_access_key, connector, features}) < 3:
        raise UsageError("the administrator, the connector and the tables need three accounts with different names")
    return (
        Account("connector", connector, connector_secret, buckets.connector_grants()),
        Account("features", features, features_secret, buckets.features_grants()),
    )
