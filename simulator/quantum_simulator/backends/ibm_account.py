"""The account of IBM Quantum: from the environment, or the one that qiskit-ibm-runtime saved."""

import os
from dataclasses import dataclass, field
from typing import Any

from qiskit_ibm_runtime import QiskitRuntimeService

from quantum_contracts.errors import UsageError

CHANNELS = ("ibm_quantum_platform", "ibm_cloud")
CRN_PARTS = 10  # of a Cloud Resource Name, between its colons


@dataclass(frozen=True)
class Account:
    """What the environment says; without a token the saved account counts. Its text tells none of it."""

    token: str | None = field(repr=False)
    channel: str | None = field(repr=False)
    instance: str | None = field(repr=False)

    def __post_init__(self) -> None:
        if self.channel is not None and self.channel not in CHANNELS:
            raise UsageError(f"QISKIT_IBM_CHANNEL is not a channel; allowed: {', '.join(CHANNELS)}")
        if (self.instance or "").startswith("crn:") and len((self.instance or "").split(":")) != CRN_PARTS:
            raise UsageError(f"QISKIT_IBM_INSTANCE is no complete CRN: it needs {CRN_PARTS - 1} colons")

    @classmethod
    def found(cls) -> "Account":
        """The account that there is.

        Raises:
            UsageError: there is none.
        """
        token, channel, instance = (
            os.environ.get(f"QISKIT_IBM_{name}") or None for name in ("TOKEN", "CHANNEL", "INSTANCE")
        )
        if token is None and not QiskitRuntimeService.saved_accounts():
            raise UsageError(
                "there is no account of IBM Quantum: put an API key into QISKIT_IBM_TOKEN (and the instance's CRN into "
                "QISKIT_IBM_INSTANCE), or save one by QiskitRuntimeService.save_account; fake devices need none"
            )
        return cls(token, channel, instance)

    def service(self) -> QiskitRuntimeService:
        """IBM Quantum as this account sees it.

        Raises:
            QiskitError: it refuses, or cannot be reached.
        """
        given: dict[str, Any] = {"channel": self.channel, "token": self.token, "instance": self.instance}
        return QiskitRuntimeService(**{name: value for name, value in given.items() if value is not None})

    def without_secrets(self, text: str) -> str:
        """The text with the token and the instance blotted out."""
        saved = QiskitRuntimeService.saved_accounts().values() if self.token is None else ()
        secrets: list[str | None] = [
            self.token,
            self.instance,
            *(one.get(key) for one in saved for key in ("token", "instance")),
        ]
        for secret in filter(None, secrets):
            text = text.replace(secret, "***")
        return text
