"""Who may do what in the buckets: the connector writes landing files, the tables' account reads them and writes tables.

Written once as grants; stores take them as policies of a bucket (with principals) or of an account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

VERSION = "2012-10-17"
ARN = "arn:aws:s3:::"

_READ = ("s3:GetObject",)
_UPLOAD = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_LIST = ("s3:ListBucket",)
_LOOK = ("s3:GetBucketLocation", "s3:ListBucketMultipartUploads")

Policy = dict[str, Any]


@dataclass(frozen=True)
class Grant:
    """Actions on one bucket, or on the objects in it whose names match `objects`; nothing else is allowed."""

    bucket: str
    actions: tuple[str, ...]
    objects: str | None = None
    listed: str | None = None
    """Of ListBucket: which prefixes may be listed."""

    def statement(self) -> dict[str, Any]:
        """Write it as a statement without a principal."""
        resource = ARN + self.bucket + (f"/{self.objects}" if self.objects else "")
        statement: dict[str, Any] = {"Effect": "Allow", "Action": list(self.actions), "Resource": [resource]}
        if self.listed is not None:
            statement["Condition"] = {"StringLike": {"s3:prefix": [self.listed]}}
        return statement


@dataclass(frozen=True)
class Buckets:
    """The two buckets, and the landing folder."""

    landing: str
    prefix: str
    features: str

    @property
    def names(self) -> tuple[str, str]:
        """Both names."""
        return self.landing, self.features

    def connector_grants(self) -> tuple[Grant, ...]:
        """Write, read and list under the landing folder; nothing is deleted."""
        below = f"{self.prefix}/*"
        return (
            Grant(self.landing, _READ + _UPLOAD, objects=below),
            Grant(self.landing, _LIST, listed=below),
            Grant(self.landing, _LOOK),
        )

    def features_grants(self) -> tuple[Grant, ...]:
        """Read what has landed; do anything with the tables' files."""
        return (
            Grant(self.landing, _READ, objects="*"),
            Grant(self.landing, (*_LIST, "s3:GetBucketLocation")),
            Grant(self.features, (*_READ, *_UPLOAD, "s3:DeleteObject"), objects="*"),
            Grant(self.features, _LIST + _LOOK),
        )


def account_policy(grants: Iterable[Grant]) -> Policy:
    """The policy of one account."""
    return {"Version": VERSION, "Statement": [grant.statement() for grant in grants]}


def bucket_policy(bucket: str, grants: Iterable[tuple[str, Grant]]) -> Policy:
    """The policy of one bucket, of grants given with the accounts that have them."""
    return {
        "Version": VERSION,
        "Statement": [
            {**grant.statement(), "Principal": {"AWS": [account]}}
            for account, grant in grants
            if grant.bucket == bucket
        ],
    }
