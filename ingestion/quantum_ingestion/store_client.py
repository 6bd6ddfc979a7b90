"""S3 as an administrator, and as anybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from quantum_contracts.errors import UsageError
from quantum_ingestion.errors import StoreError
from quantum_ingestion.settings import StoreSettings

SECONDS_TO_ANSWER = 10
SERVER_ERRORS = 500
NO_OBJECT = "there-is-no-such-object"  # who may read is told so; who may not is told nothing


class StoreClient:
    """A store's S3 API. Every method raises StoreError where it does not answer or says no."""

    def __init__(self, settings: StoreSettings) -> None:
        if settings.store_access_key is None or settings.store_secret_key is None:
            raise UsageError(
                "the store's administrator is not given: set QUANTUM_PIPELINE_STORE_ACCESS_KEY and "
                "QUANTUM_PIPELINE_STORE_SECRET_KEY"
            )
        if settings.store_ca_location is not None and not settings.store_ca_location.is_file():
            raise UsageError(f"store-ca-location: there is no file {settings.store_ca_location}")
        self.url, self.region = settings.store_url, settings.store_region
        self.access_key = settings.store_access_key
        self.secret_key = settings.store_secret_key.get_secret_value()
        self.verify: str | bool = str(settings.store_ca_location) if settings.store_ca_location else True
        signed = self._config()
        self._s3 = self._client(signed, aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key)
        self._anybody = self._client(signed.merge(Config(signature_version=UNSIGNED)))

    def server(self) -> str:
        """What the store calls itself."""
        try:
            answer = requests.get(self.url, timeout=SECONDS_TO_ANSWER, verify=self.verify)
        except requests.RequestException as error:
            raise StoreError(f"no object store answers at {self.url}: {error}") from error
        return answer.headers.get("Server", "")

    def create_bucket(self, name: str) -> bool:
        """Make a bucket; tell whether it was not there. Another that makes it at the same moment does no harm."""
        where = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        with self._errors():
            try:
                self._s3.create_bucket(Bucket=name, **({} if self.region == "us-east-1" else where))
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                    raise
                self._s3.head_bucket(Bucket=name)  # and it is ours
                return False
        return True

    def block_public_access(self, name: str) -> None:
        """Have the store refuse policies and access lists that would open a bucket to everybody."""
        names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        with self._errors():
            self._s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(names, True))

    def put_bucket_policy(self, name: str, policy: str) -> None:
        """Give a bucket its policy, in place of any other."""
        with self._errors():
            self._s3.put_bucket_policy(Bucket=name, Policy=policy)

    def remove_bucket_policy(self, name: str) -> None:
        """Take a bucket's policy away: only policies of accounts count."""
        with self._errors():
            self._s3.delete_bucket_policy(Bucket=name)

    def is_open(self, name: str) -> bool:
        """Tell whether anybody may list a bucket or read in it."""
        return self._lets(lambda: self._anybody.list_objects_v2(Bucket=name, MaxKeys=1)) or self._lets(
            lambda: self._anybody.head_object(Bucket=name, Key=NO_OBJECT)
        )

    def _lets(self, ask: Callable[[], object]) -> bool:
        """Tell whether a request is let through, whatever its answer then is."""
        with self._errors():
            try:
                ask()
            except ClientError as error:
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if status >= SERVER_ERRORS:
                    raise
                return status not in (requests.codes.unauthorized, requests.codes.forbidden)
        return True

    def _config(self) -> Config:
        return Config(
            s3={"addressing_style": "path"},
            connect_timeout=SECONDS_TO_ANSWER,
            read_timeout=SECONDS_TO_ANSWER,
            retries={"max_attempts": 3, "mode": "standard"},
        )

    def _client(self, config: Config, **keys: str) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.url, region_name=self.region, verify=self.verify, config=config, **keys
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            told = error.response["Error"]
            raise StoreError(
                f"the store at {self.url} refuses {error.operation_name}: {told['Code']}, {told.get('Message', '')}"
            ) from error
        except BotoCoreError as error:
            raise StoreError(f"the store at {self.url}: {error}") from error
