"""Accounts of versitygw: made by its administration API, allowed by policies of the buckets."""

import json
from collections.abc import Sequence
from xml.etree import ElementTree

import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from quantum_ingestion.errors import StoreError
from quantum_ingestion.store_accounts import Account
from quantum_ingestion.store_client import SECONDS_TO_ANSWER, StoreClient
from quantum_ingestion.store_policies import bucket_policy

ROLE = "user"  # of the gateway's roles, the one that may make no buckets
_EXISTS = "XAdminUserExists"
_SINGLE = "XAdminMethodNotSupported"


class VersitygwAccounts:
    """The gateway's internal directory of accounts."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    def bring_about(self, accounts: Sequence[Account], buckets: Sequence[str]) -> None:
        """Make or update the accounts, then the policies, which may name only accounts that are there."""
        for account in accounts:
            self._create_or_update(account)
        for bucket in buckets:
            grants = [(account.access_key, grant) for account in accounts for grant in account.grants]
            self._client.put_bucket_policy(bucket, json.dumps(bucket_policy(bucket, grants)))

    def _create_or_update(self, account: Account) -> None:
        secret = account.secret_key.get_secret_value()
        code = self._patch("/create-user", _xml("Account", Access=account.access_key, Secret=secret, Role=ROLE))
        if code == _EXISTS:
            props = _xml("MutableProps", Secret=secret, Role=ROLE)
            code = self._patch("/update-user", props, access=account.access_key)
        if code == _SINGLE:
            raise StoreError(
                f"the versitygw at {self._client.url} has one account only: start it with --iam-dir to have others"
            )
        if code is not None:
            raise StoreError(f"the versitygw at {self._client.url} makes no account for {account.role}: {code}")

    def _patch(self, path: str, body: bytes, **query: str) -> str | None:
        """Send a signed request; give the code of its refusal, None where it was done."""
        request = AWSRequest("PATCH", self._client.url + path, params=query, data=body)
        credentials = Credentials(self._client.access_key, self._client.secret_key)
        S3SigV4Auth(credentials, "s3", self._client.region).add_auth(request)
        prepared = request.prepare()
        try:
            answer = requests.request(
                prepared.method,
                prepared.url,
                data=body,
                headers=dict(prepared.headers.items()),
                timeout=SECONDS_TO_ANSWER,
                verify=self._client.verify,
            )
        except requests.RequestException as error:
            raise StoreError(f"no object store answers at {self._client.url}: {error}") from error
        return None if answer.ok else _code(answer)


def _xml(name: str, **fields: str) -> bytes:
    root = ElementTree.Element(name)
    for field, value in fields.items():
        ElementTree.SubElement(root, field).text = value
    return bytes(ElementTree.tostring(root))


def _code(answer: requests.Response) -> str:
    try:
        found = ElementTree.fromstring(answer.content).findtext("Code")  # noqa: S314 - the administrator's own store
    except ElementTree.ParseError:
        found = None
    return found or f"status {answer.status_code}"
