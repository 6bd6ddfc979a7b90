"""Buckets and accounts brought about in a real store: twice, twice at once, with TLS; and the rights enforced."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from quantum_contracts.command_line import run
from quantum_contracts.errors import UsageError
from quantum_e2e.store import Store
from quantum_ingestion.commands import COMMANDS
from quantum_ingestion.errors import StoreError
from quantum_ingestion.settings import StoreSettings
from quantum_ingestion.store import prepare

SUFFIX = secrets.token_hex(3)
LANDING, FEATURES = f"landing-{SUFFIX}", f"features-{SUFFIX}"
FILE = "experiments/vqe_decorated_result_v2/partition=0/vqe_decorated_result_v2+0+0000000000.avro"


def settings(store: Store, **differing: Any) -> StoreSettings:
    """Buckets and accounts beside those that other tests use."""
    return StoreSettings.model_validate(
        {
            "store_url": store.endpoint_host,
            "store_access_key": store.access_key,
            "store_secret_key": store.secret_key,
            "store_region": store.region,
            "store_ca_location": store.ca,
            "landing_bucket": LANDING,
            "features_bucket": FEATURES,
            "connector_access_key": f"connector-{SUFFIX}",
            "connector_secret_key": "connector-secret",
            "features_access_key": f"features-{SUFFIX}",
            "features_secret_key": "features-secret",
            **differing,
        }
    )


def client(store: Store, given: StoreSettings, role: str) -> Any:
    """An S3 client of one of the accounts."""
    secret = getattr(given, f"{role}_secret_key")
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint_host,
        aws_access_key_id=getattr(given, f"{role}_access_key"),
        aws_secret_access_key=secret.get_secret_value(),
        region_name=store.region,
        verify=str(store.ca) if store.ca else None,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


@pytest.fixture(scope="module", params=["plain", "tls"])
def prepared(request: pytest.FixtureRequest) -> Store:
    """A store with the buckets, and one landing file and one table's file in them."""
    store: Store = (
        request.getfixturevalue("stack").store
        if request.param == "plain"
        else request.getfixturevalue("store_with_tls")
    )
    prepare(settings(store))
    root = store.client()
    root.put_object(Bucket=LANDING, Key=FILE, Body=b"landed")
    root.put_object(Bucket=FEATURES, Key="warehouse/table", Body=b"table")
    return store


ALLOWED: dict[str, list[Callable[[Any], Any]]] = {
    "connector": [
        lambda s3: s3.put_object(Bucket=LANDING, Key="experiments/t/partition=0/t+0+0000000000.avro", Body=b"x"),
        lambda s3: s3.get_object(Bucket=LANDING, Key=FILE),
        lambda s3: s3.list_objects_v2(Bucket=LANDING, Prefix="experiments/"),
        lambda s3: s3.list_objects_v2(Bucket=LANDING, Prefix="experiments/vqe_decorated_result_v2/"),
        lambda s3: _upload_in_parts(s3, abort=False),
        lambda s3: _upload_in_parts(s3, abort=True),
    ],
    "features": [
        lambda s3: s3.get_object(Bucket=LANDING, Key=FILE),
        lambda s3: s3.list_objects_v2(Bucket=LANDING),
        lambda s3: s3.put_object(Bucket=FEATURES, Key="warehouse/new", Body=b"x"),
        lambda s3: s3.get_object(Bucket=FEATURES, Key="warehouse/table"),
        lambda s3: s3.list_objects_v2(Bucket=FEATURES, Prefix="warehouse/"),
        lambda s3: s3.delete_object(Bucket=FEATURES, Key="warehouse/new"),
    ],
}
FORBIDDEN: dict[str, list[Callable[[Any], Any]]] = {
    "connector": [
        lambda s3: s3.get_object(Bucket=FEATURES, Key="warehouse/table"),
        lambda s3: s3.list_objects_v2(Bucket=FEATURES),
        lambda s3: s3.put_object(Bucket=FEATURES, Key="warehouse/new", Body=b"x"),
        lambda s3: s3.delete_object(Bucket=LANDING, Key=FILE),
        lambda s3: s3.put_object(Bucket=LANDING, Key="elsewhere/a.avro", Body=b"x"),
        lambda s3: s3.put_object(Bucket=LANDING, Key="experiments-of-others", Body=b"x"),
        lambda s3: s3.list_objects_v2(Bucket=LANDING),
        lambda s3: s3.list_objects_v2(Bucket=LANDING, Prefix="elsewhere/"),
        lambda s3: s3.create_bucket(Bucket=f"mine-{SUFFIX}"),
        lambda s3: s3.get_bucket_policy(Bucket=LANDING),
        lambda s3: s3.delete_bucket_policy(Bucket=LANDING),
    ],
    "features": [
        lambda s3: s3.put_object(Bucket=LANDING, Key=FILE, Body=b"x"),
        lambda s3: s3.delete_object(Bucket=LANDING, Key=FILE),
        lambda s3: s3.create_bucket(Bucket=f"mine-{SUFFIX}"),
        lambda s3: s3.delete_bucket(Bucket=FEATURES),
        lambda s3: s3.delete_bucket_policy(Bucket=FEATURES),
    ],
}


def _upload_in_parts(s3: Any, abort: bool) -> None:
    place = {"Bucket": LANDING, "Key": "experiments/parts.avro"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"x")
    if abort:
        s3.abort_multipart_upload(**upload)
    else:
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        s3.complete_multipart_upload(**upload, MultipartUpload=parts)


@pytest.mark.parametrize("role", ["connector", "features"])
def test_an_account_may_do_its_work_and_nothing_else(prepared: Store, role: str) -> None:
    s3 = client(prepared, settings(prepared), role)
    for allowed in ALLOWED[role]:
        allowed(s3)
    for number, forbidden in enumerate(FORBIDDEN[role]):
        with pytest.raises(ClientError) as refusal:
            forbidden(s3)
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, number
    assert prepared.client().get_object(Bucket=LANDING, Key=FILE)["Body"].read() == b"landed"


@pytest.mark.parametrize(
    "path", ["", f"/{LANDING}", f"/{LANDING}/{FILE}", f"/{FEATURES}", f"/{FEATURES}/warehouse/table"]
)
def test_nobody_else_may_do_anything(prepared: Store, path: str) -> None:
    verify: str | bool = str(prepared.ca) if prepared.ca else True
    assert requests.get(prepared.endpoint_host + path, verify=verify, timeout=10).status_code == 403
    assert requests.put(prepared.endpoint_host + path, b"x", verify=verify, timeout=10).status_code in (400, 403, 405)


def test_a_second_time_nothing_changes(prepared: Store) -> None:
    again = prepare(settings(prepared))
    assert again.kind == prepared.kind
    assert again.created == {LANDING: False, FEATURES: False}
    assert again.accounts == ("connector", "features")
    test_an_account_may_do_its_work_and_nothing_else(prepared, "connector")


def test_a_new_secret_takes_the_place_of_the_old(prepared: Store) -> None:
    new = settings(prepared, **{"connector_secret_key": "another-secret"})
    prepare(new)
    client(prepared, new, "connector").get_object(Bucket=LANDING, Key=FILE)
    with pytest.raises(ClientError, match="403|SignatureDoesNotMatch"):
        client(prepared, settings(prepared), "connector").get_object(Bucket=LANDING, Key=FILE)
    prepare(settings(prepared))


def test_twice_at_once(prepared: Store) -> None:
    given = settings(prepared, landing_bucket=f"l-{SUFFIX}", features_bucket=f"f-{SUFFIX}")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: prepare(given), range(4)))
    assert {result.kind for result in results} == {prepared.kind}
    for role in ("connector", "features"):
        client(prepared, given, role).list_objects_v2(Bucket=f"l-{SUFFIX}", Prefix="experiments/")
    prepare(settings(prepared))


def test_a_bucket_that_is_open_is_closed(prepared: Store) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{LANDING}/*"}
    policy = f'{{"Version": "2012-10-17", "Statement": [{_json(statement)}]}}'
    prepared.client().put_bucket_policy(Bucket=LANDING, Policy=policy)
    prepare(settings(prepared))
    test_nobody_else_may_do_anything(prepared, f"/{LANDING}/{FILE}")


def test_without_accounts_an_open_bucket_is_told(prepared: Store) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{LANDING}/*"}
    policy = f'{{"Version": "2012-10-17", "Statement": [{_json(statement)}]}}'
    prepared.client().put_bucket_policy(Bucket=LANDING, Policy=policy)
    none = dict.fromkeys(("connector_access_key", "connector_secret_key", "features_access_key", "features_secret_key"))
    with pytest.raises(StoreError, match=f"anybody may look into the bucket {LANDING}"):
        prepare(settings(prepared, **none))
    prepare(settings(prepared))


def test_as_a_command_secrets_in_the_environment(
    prepared: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings(prepared).model_dump(exclude_none=True).items():
        text = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        monkeypatch.setenv(f"QUANTUM_PIPELINE_{name.upper()}", text)
    assert run("ingestion", COMMANDS, "e2e", ["buckets"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        f"bucket {LANDING}: was there; closed to everybody else",
        f"bucket {FEATURES}: was there; closed to everybody else",
        "account of the connector: has its own rights",
        "account of the features: has its own rights",
    ]
    assert "secret" not in printed.out + printed.err


def test_a_wrong_administrator_is_told_without_the_secret(prepared: Store) -> None:
    with pytest.raises(StoreError, match="refuses CreateBucket") as refusal:
        prepare(settings(prepared, **{"store_secret_key": "wrong-secret"}))
    assert "wrong-secret" not in str(refusal.value)


def test_a_store_with_an_unknown_certificate_is_not_trusted(store_with_tls: Store) -> None:
    with pytest.raises(StoreError, match="(?i)certificate"):
        prepare(settings(store_with_tls, store_ca_location=None))


def test_an_account_without_its_other_half(prepared: Store) -> None:
    with pytest.raises(UsageError, match="QUANTUM_PIPELINE_CONNECTOR_SECRET_KEY"):
        prepare(settings(prepared, connector_secret_key=None))


def _json(value: Any) -> str:
    import json

    return json.dumps(value)
