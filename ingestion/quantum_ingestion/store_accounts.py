"""An account of a store, and what makes one in each kind of store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from quantum_ingestion.store_policies import Grant


@dataclass(frozen=True)
class Account:
    """Who may do what; `role` is what a person calls it."""

    role: str
    access_key: str
    secret_key: SecretStr
    grants: tuple[Grant, ...]


class Accounts(Protocol):
    """A store's own administration."""

    def bring_about(self, accounts: Sequence[Account], buckets: Sequence[str]) -> None:
        """See that the accounts are there with these secrets, and may do what they are granted and nothing else.

        Raises:
            StoreError: the store does not answer, or says no.
        """
