"""The store that data is in, as each library wants to be told: boto3, pyarrow, pyiceberg, Spark's s3a."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import boto3
from botocore.config import Config
from pyarrow import fs

from quantum_features.landing_bucket import BucketLandingFolders
from quantum_features.landing_folders import LandingFolders, LocalLandingFolders
from quantum_features.spark.settings import SparkSettings

S3A = "s3a://"
ATTEMPTS = 8  # with pauses that double up to 20 s: a store may be away for a minute
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 10, 60


@dataclass(frozen=True)
class Storage:
    """Access to an object store, where there is one. Goes to the executors; tells nobody the secret."""

    endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)

    @classmethod
    def of(cls, settings: SparkSettings) -> "Storage":
        """The store of the settings."""
        secret = settings.minio_secret_key.get_secret_value() if settings.minio_secret_key else ""
        return cls(settings.s3_endpoint, settings.s3_region, settings.minio_access_key or "", secret)

    def landing_folders(self, root: str) -> LandingFolders:
        """The landing folders below a root."""
        if not root.startswith(S3A):
            return LocalLandingFolders(Path(root))
        bucket, _, folder = root.removeprefix(S3A).partition("/")
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                s3={"addressing_style": "path"},
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                connect_timeout=SECONDS_TO_CONNECT,
                read_timeout=SECONDS_TO_ANSWER,
            ),
        )
        return BucketLandingFolders(client, bucket, f"{folder}/" if folder else "")

    def open_folder(self, folder: str) -> tuple[fs.FileSystem, str]:
        """Pyarrow's file system for a folder, and the folder's path in it."""
        if not folder.startswith(S3A):
            return fs.LocalFileSystem(), folder
        store = fs.S3FileSystem(
            endpoint_override=self.endpoint,
            region=self.region,
            access_key=self.access_key,
            secret_key=self.secret_key,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
            connect_timeout=SECONDS_TO_CONNECT,
            request_timeout=SECONDS_TO_ANSWER,
        )
        return store, folder.removeprefix(S3A)

    @property
    def iceberg(self) -> Mapping[str, str]:
        """Pyiceberg's properties."""
        if not self.access_key:
            return {}
        return {
            "s3.endpoint": self.endpoint,
            "s3.region": self.region,
            "s3.access-key-id": self.access_key,
            "s3.secret-access-key": self.secret_key,
            "s3.connect-timeout": str(SECONDS_TO_CONNECT),
            "s3.request-timeout": str(SECONDS_TO_ANSWER),
        }

    @property
    def hadoop(self) -> Mapping[str, str]:
        """Spark's configuration of s3a (system specification, step 1)."""
        if not self.access_key:
            return {}
        s3a = "spark.hadoop.fs.s3a."
        return {
            f"{s3a}impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
            f"{s3a}access.key": self.access_key,
            f"{s3a}secret.key": self.secret_key,
            f"{s3a}endpoint": self.endpoint,
            f"{s3a}endpoint.region": self.region,
            f"{s3a}path.style.access": "true",
            f"{s3a}connection.ssl.enabled": str(self.endpoint.startswith("https")).lower(),
        }
