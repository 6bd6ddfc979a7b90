from typing import Any

import pytest
from pydantic import SecretStr
from tests.quantum_ingestion.support_store import FakeStore

from quantum_contracts.errors import UsageError
from quantum_ingestion.errors import StoreError
from quantum_ingestion.settings import StoreKind, StoreSettings
from quantum_ingestion.store import accounts_of, buckets_of, kind_of, prepare
from quantum_ingestion.store_accounts import Account
from quantum_ingestion.store_client import StoreClient
from quantum_ingestion.store_versitygw import VersitygwAccounts

ALL = {
    "store_access_key": "root-name",
    "store_secret_key": "root-secret",
    "connector_access_key": "connector",
    "connector_secret_key": "connector-secret",
    "features_access_key": "features",
    "features_secret_key": "features-secret",
}


def settings(url: str = "http://127.0.0.1:9", **given: Any) -> StoreSettings:
    return StoreSettings.model_validate({**ALL, "store_url": url, **given})


def test_both_accounts_or_none() -> None:
    buckets = buckets_of(settings())
    assert [(one.role, one.access_key) for one in accounts_of(settings(), buckets)] == [
        ("connector", "connector"),
        ("features", "features"),
    ]
    none: dict[str, Any] = dict.fromkeys(list(ALL)[2:])
    assert accounts_of(settings().model_copy(update=none), buckets) == ()
    with pytest.raises(UsageError, match="set QUANTUM_PIPELINE_FEATURES_SECRET_KEY too, or none of the four"):
        accounts_of(settings(features_secret_key=None), buckets)


@pytest.mark.parametrize("name", ["features", "root-name"])
def test_three_accounts_are_three(name: str) -> None:
    with pytest.raises(UsageError, match="three accounts with different names"):
        accounts_of(settings(connector_access_key=name), buckets_of(settings()))


def test_two_buckets_are_two() -> None:
    with pytest.raises(UsageError, match="two buckets, not same twice"):
        buckets_of(settings(landing_bucket="same", features_bucket="same"))


def test_without_an_administrator_nothing_is_tried() -> None:
    with pytest.raises(UsageError, match="set QUANTUM_PIPELINE_STORE_ACCESS_KEY and"):
        prepare(settings(store_secret_key=None))


def test_the_certificates_file_must_be_there() -> None:
    with pytest.raises(UsageError, match="there is no file missing.pem"):
        prepare(settings(store_ca_location="missing.pem"))


@pytest.mark.parametrize(("server", "kind"), [("VERSITYGW", "versitygw"), ("MinIO", "minio"), ("AmazonS3", "s3")])
def test_a_store_tells_what_it_is(server: str, kind: StoreKind) -> None:
    with FakeStore(server) as store:
        given = settings(store.url)
        assert kind_of(given, StoreClient(given)) == kind


def test_a_person_may_tell() -> None:
    given = settings(store_kind="minio")
    assert kind_of(given, StoreClient(given)) == "minio"


def test_nobody_answers() -> None:
    with pytest.raises(StoreError, match="no object store answers at http://127.0.0.1:9"):
        prepare(settings())


def listing(*accounts: tuple[str, str, str]) -> bytes:
    """What versitygw answers to list-users."""
    rows = "".join(
        f"<Accounts><Access>{access}</Access><Secret>{secret}</Secret><Role>{role}</Role><UserID>0</UserID></Accounts>"
        for access, secret, role in accounts
    )
    return f"<ListUserAccountsResult>{rows}</ListUserAccountsResult>".encode()


def bring_about(store: FakeStore) -> list[str]:
    """The requests that make one account."""
    VersitygwAccounts(StoreClient(settings(store.url))).bring_about([_account()], [])
    return store.requests


def test_a_gateway_with_one_account_only_is_told() -> None:
    with FakeStore("VERSITYGW") as store:
        store.refusals = {"PATCH /list-users": (501, "XAdminMethodNotSupported")}
        with pytest.raises(StoreError, match="has one account only: start it with --iam-dir"):
            bring_about(store)


def test_a_new_account_is_made() -> None:
    with FakeStore("VERSITYGW") as store:
        store.answers = {"/list-users": listing(("other", "a&lt;b&gt;secret", "user"))}
        store.refusals = {"PATCH /create-user": (409, "XAdminUserExists")}
        with pytest.raises(StoreError, match="makes no account for connector: XAdminUserExists"):
            bring_about(store)
        store.requests.clear()
        store.bodies.clear()
        store.refusals = {}
        assert bring_about(store) == ["PATCH /list-users", "PATCH /create-user"]
        assert (
            store.bodies[1]
            == b"<Account><Access>name</Access><Secret>a&lt;b&gt;secret</Secret><Role>user</Role></Account>"
        )


def test_an_account_that_is_right_is_left_alone() -> None:
    with FakeStore("VERSITYGW") as store:
        store.answers = {"/list-users": listing(("other", "x", "user"), ("name", "a&lt;b&gt;secret", "user"))}
        assert bring_about(store) == ["PATCH /list-users"]


@pytest.mark.parametrize("there", [("name", "old", "user"), ("name", "a&lt;b&gt;secret", "admin")])
def test_an_account_that_differs_is_made_anew(there: tuple[str, str, str]) -> None:
    with FakeStore("VERSITYGW") as store:
        store.answers = {"/list-users": listing(there)}
        assert bring_about(store) == ["PATCH /list-users", "PATCH /delete-user?access=name", "PATCH /create-user"]


def test_an_account_that_another_has_made_in_the_meantime() -> None:
    with FakeStore("VERSITYGW") as store:
        store.answers = {"/list-users": listing()}
        store.made_by_another = listing(("name", "a&lt;b&gt;secret", "user"))
        assert bring_about(store) == ["PATCH /list-users", "PATCH /create-user", "PATCH /list-users"]


@pytest.mark.parametrize("path", ["/list-users", "/create-user"])
def test_a_gateways_refusal_is_told_without_the_secret(path: str) -> None:
    with FakeStore("VERSITYGW") as store:
        store.answers = {"/list-users": listing()}
        store.refusals = {f"PATCH {path}": (403, "XAdminAccessDenied")}
        with pytest.raises(StoreError, match="XAdminAccessDenied") as error:
            bring_about(store)
        assert "secret" not in str(error.value)


def test_a_store_without_accounts_of_ours_gets_closed_buckets() -> None:
    with FakeStore("AmazonS3") as store:
        prepared = prepare(settings(store.url))
    assert (prepared.kind, prepared.accounts) == ("s3", ())
    assert [request for request in store.requests if "publicAccessBlock" in request] == [
        "PUT /local-vqe-results?publicAccessBlock",
        "PUT /local-features?publicAccessBlock",
    ]


def test_an_open_bucket_is_told() -> None:
    with FakeStore("AmazonS3") as store:
        store.open_to_all = True
        with pytest.raises(StoreError, match="anybody may look into the bucket local-vqe-results"):
            prepare(settings(store.url))


def test_a_bucket_of_somebody_else_is_told() -> None:
    with FakeStore("AmazonS3") as store:
        store.refusals = {
            "PUT /local-vqe-results": (409, "BucketAlreadyExists"),
            "HEAD /local-vqe-results": (403, "AccessDenied"),
        }
        with pytest.raises(StoreError, match="refuses HeadBucket: 403"):
            prepare(settings(store.url))


@pytest.mark.parametrize(("region", "told"), [("us-east-1", False), ("eu-central-1", True)])
def test_the_region_is_told_where_it_must_be(region: str, told: bool) -> None:
    with FakeStore("AmazonS3") as store:
        prepare(settings(store.url, store_region=region))
        assert (f"<LocationConstraint>{region}</LocationConstraint>".encode() in store.bodies[0]) is told


def _account() -> Account:
    return Account("connector", "name", SecretStr("a<b>secret"), ())
