"""Accounts of versitygw: made by its administration API, allowed by policies of the buckets."""

import json
from collections.abc import Mapping, Sequence
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
ATTEMPTS = 5  # another may be at it at the same time
_EXISTS = "XAdminUserExists"
_SINGLE = "XAdminMethodNotSupported"


class VersitygwAccounts:
    """The gateway's internal directory of accounts."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    def bring_about(self, accounts: Sequence[Account], buckets: Sequence[str]) -> None:
        """Make the accounts, then the policies, which may name only accounts that are there."""
        for account in accounts:
            self._bring_about(account)
        for bucket in buckets:
            grants = [(account.access_key, grant) for account in accounts for grant in account.grants]
            self._client.put_bucket_policy(bucket, json.dumps(bucket_policy(bucket, grants)))

    def _bring_about(self, account: Account) -> None:
        """Make the account; one with another secret or role is made anew, one that is right is left alone."""
        secret = account.secret_key.get_secret_value()
        wanted = {"Access": account.access_key, "Secret": secret, "Role": ROLE}
        code: str | None = None
        for _ in range(ATTEMPTS):
            there = self._find(account.access_key)
            if there == wanted:
                return
            if there is not None:
                self._patch("/delete-user", access=account.access_key)
            code, _answer = self._patch("/create-user", _xml("Account", wanted))
            if code is None:
                return
            if code != _EXISTS:
                break
        raise StoreError(f"the versitygw at {self._client.url} makes no account for {account.role}: {code}")

    def _find(self, access_key: str) -> dict[str, str | None] | None:
        """What the gateway knows of an account; None if there is none."""
        code, answer = self._patch("/list-users")
        if code == _SINGLE:
            raise StoreError(
                f"the versitygw at {self._client.url} has one account only: start it with --iam-dir to have others"
            )
        if answer is None:
            raise StoreError(f"the versitygw at {self._client.url} does not list its accounts: {code}")
        for found in answer.iter("Accounts"):
            if found.findtext("Access") == access_key:
                return {name: found.findtext(name) for name in ("Access", "Secret", "Role")}
        return None

    def _patch(self, path: str, body: bytes = b"", **query: str) -> tuple[str | None, ElementTree.Element | None]:
        """Send a signed request; give the code of its refusal, or what it answers."""
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
        document = _parse(answer.content)
        if answer.ok:
            return None, document
        found = None if document is None else document.findtext("Code")
        return found or f"status {answer.status_code}", None


def _xml(name: str, fields: Mapping[str, str]) -> bytes:
    root = ElementTree.Element(name)
    for field, value in fields.items():
        ElementTree.SubElement(root, field).text = value
    return bytes(ElementTree.tostring(root))


def _parse(text: bytes) -> ElementTree.Element | None:
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - the administrator's own store
    except ElementTree.ParseError:
        return None
