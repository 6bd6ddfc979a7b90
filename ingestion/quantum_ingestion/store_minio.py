"""Accounts of MinIO: made by its administration API, with policies of their own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import urllib3
from minio import MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException

from quantum_ingestion.errors import StoreError
from quantum_ingestion.store_accounts import Account
from quantum_ingestion.store_client import SECONDS_TO_ANSWER, StoreClient
from quantum_ingestion.store_policies import account_policy

POLICY_PREFIX = "quantum-pipeline-"


class MinioAccounts:
    """MinIO's users and policies."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client
        address = urlsplit(client.url)
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(SECONDS_TO_ANSWER),
            retries=urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
            cert_reqs="CERT_REQUIRED",
            ca_certs=client.verify if isinstance(client.verify, str) else None,
        )
        self._admin = MinioAdmin(
            endpoint=address.netloc,
            credentials=StaticProvider(client.access_key, client.secret_key),
            region=client.region,
            secure=address.scheme == "https",
            http_client=pool,
        )

    def bring_about(self, accounts: Sequence[Account], buckets: Sequence[str]) -> None:
        """Make or update accounts and policies; a bucket's own policy, which could open it to all, goes."""
        with self._errors():
            for account in accounts:
                name = POLICY_PREFIX + account.access_key
                self._admin.policy_add(name, policy=account_policy(account.grants))
                self._admin.user_add(account.access_key, account.secret_key.get_secret_value())
                self._admin.policy_set(name, user=account.access_key)  # in place of any others
        for bucket in buckets:
            self._client.remove_bucket_policy(bucket)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except MinioAdminException as error:
            raise StoreError(f"the MinIO at {self._client.url} refuses: {error}") from error
        except urllib3.exceptions.HTTPError as error:
            raise StoreError(f"no MinIO answers at {self._client.url}: {error}") from error
