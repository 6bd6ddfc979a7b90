from fnmatch import fnmatchcase

import pytest

from quantum_ingestion.store_policies import Buckets, Grant, account_policy, bucket_policy

BUCKETS = Buckets(landing="landing", prefix="experiments", features="features")


def allows(grants: tuple[Grant, ...], action: str, resource: str) -> bool:
    return any(
        action in statement["Action"]
        and any(fnmatchcase(f"arn:aws:s3:::{resource}", pattern) for pattern in statement["Resource"])
        for statement in account_policy(grants)["Statement"]
    )


@pytest.mark.parametrize(
    ("action", "resource", "connector", "features"),
    [
        ("s3:PutObject", "landing/experiments/t/a.avro", True, False),
        ("s3:GetObject", "landing/experiments/t/a.avro", True, True),
        ("s3:AbortMultipartUpload", "landing/experiments/t/a.avro", True, False),
        ("s3:DeleteObject", "landing/experiments/t/a.avro", False, False),
        ("s3:PutObject", "landing/other/a.avro", False, False),
        ("s3:PutObject", "landing/experiments-of-others/a", False, False),
        ("s3:ListBucket", "landing", True, True),
        ("s3:ListBucket", "features", False, True),
        ("s3:GetObject", "features/warehouse/a", False, True),
        ("s3:PutObject", "features/warehouse/a", False, True),
        ("s3:DeleteObject", "features/warehouse/a", False, True),
        ("s3:PutBucketPolicy", "landing", False, False),
        ("s3:DeleteBucket", "features", False, False),
    ],
)
def test_who_may_do_what(action: str, resource: str, connector: bool, features: bool) -> None:
    assert allows(BUCKETS.connector_grants(), action, resource) is connector
    assert allows(BUCKETS.features_grants(), action, resource) is features


def test_the_connector_lists_only_the_landing_folder() -> None:
    statements = account_policy(BUCKETS.connector_grants())["Statement"]
    [listing] = [statement for statement in statements if "s3:ListBucket" in statement["Action"]]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["experiments/*"]}}


def test_a_buckets_policy_names_the_accounts_and_that_bucket_only() -> None:
    grants = [("c", grant) for grant in BUCKETS.connector_grants()] + [
        ("f", grant) for grant in BUCKETS.features_grants()
    ]
    for bucket in BUCKETS.names:
        statements = bucket_policy(bucket, grants)["Statement"]
        assert statements
        for statement in statements:
            assert statement["Principal"] in ({"AWS": ["c"]}, {"AWS": ["f"]})
            assert all(arn.removeprefix("arn:aws:s3:::").split("/")[0] == bucket for arn in statement["Resource"])
    assert {one["Principal"]["AWS"][0] for one in bucket_policy("features", grants)["Statement"]} == {"f"}
