"""Kafka Connect's REST API: what the commands need of it, with errors on one line.

A worker that rebalances answers 409, and one that starts 503; both mean "ask again", and that is done here.
"""

import re
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

import requests

from quantum_ingestion.connector_status import ConnectorStatus
from quantum_ingestion.errors import ConnectRefusalError, ConnectUnavailableError, NoConnectorError
from quantum_ingestion.settings import WorkerSettings

CONFLICT, UNAVAILABLE, NOT_FOUND = 409, 503, 404
ASK_AGAIN = (CONFLICT, UNAVAILABLE)
SERVER_ERRORS = 500
SECONDS_BETWEEN = 0.5


class ConnectClient:
    """One worker of a Connect cluster; any of them answers for all.

    Every method raises ConnectUnavailableError where no answer comes that can be used, NoConnectorError where there is
    no connector of the name, and ConnectRefusalError where the worker says no.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self.url = settings.connect_url
        self._timeout = settings.connect_timeout
        self._session = requests.Session()

    def loadable_classes(self) -> Collection[str]:
        """All connectors and converters that the worker can load."""
        plugins = self._call("GET", "/connector-plugins", {"connectorsOnly": "false"}).json()
        return frozenset(plugin["class"] for plugin in plugins)

    def problems(self, config: Mapping[str, str]) -> list[str]:
        """Let the worker judge a configuration; give what it objects to, `property: why` each."""
        name = config["connector.class"]
        answer = self._call("PUT", f"/connector-plugins/{quote(name, safe='')}/config/validate", body=config).json()
        return [
            f"{value['name']}: {' '.join(error.split())}"
            for value in (entry["value"] for entry in answer["configs"])
            for error in value["errors"]
        ]

    def config(self, name: str) -> dict[str, str] | None:
        """The configuration of a connector, without the name that the worker puts into it; None if there is none."""
        try:
            config: dict[str, str] = self._call("GET", f"/connectors/{_part(name)}/config").json()
        except NoConnectorError:
            return None
        return {key: value for key, value in config.items() if key != "name"}

    def put(self, name: str, config: Mapping[str, str]) -> None:
        """Create a connector, or give it another configuration."""
        self._call("PUT", f"/connectors/{_part(name)}/config", body=config)

    def status(self, name: str) -> ConnectorStatus:
        """How a connector does."""
        return ConnectorStatus.parse(self._call("GET", f"/connectors/{_part(name)}/status").json())

    def restart(self, name: str, only_failed: bool = True) -> None:
        """Restart a connector's failed parts, or all of it."""
        chosen = {"includeTasks": "true", "onlyFailed": str(only_failed).lower()}
        self._call("POST", f"/connectors/{_part(name)}/restart", chosen)

    def pause(self, name: str) -> None:
        """Let a connector rest; its tasks keep their partitions."""
        self._call("PUT", f"/connectors/{_part(name)}/pause")

    def resume(self, name: str) -> None:
        """Let a paused connector go on."""
        self._call("PUT", f"/connectors/{_part(name)}/resume")

    def delete(self, name: str) -> None:
        """Remove a connector; the offsets of its consumer group stay in Kafka."""
        self._call("DELETE", f"/connectors/{_part(name)}")

    def _call(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Mapping[str, str] | None = None
    ) -> requests.Response:
        end = time.monotonic() + self._timeout
        while True:
            response = self._send(method, path, query, body)
            if not _ask_again(response) or time.monotonic() > end:
                return self._judge(response)
            time.sleep(SECONDS_BETWEEN)

    def _send(
        self, method: str, path: str, query: Mapping[str, str] | None, body: Mapping[str, str] | None
    ) -> requests.Response:
        try:
            return self._session.request(
                method, self.url + path, params=query, json=body, timeout=self._timeout, allow_redirects=False
            )
        except requests.Timeout as error:
            raise ConnectUnavailableError(
                f"the Connect worker at {self.url} gave no answer in {self._timeout:g} s"
            ) from error
        except requests.RequestException as error:
            raise ConnectUnavailableError(f"no Connect worker answers at {self.url}: {_root(error)}") from error

    def _judge(self, response: requests.Response) -> requests.Response:
        """Give an answer that is one, and raise what the others mean."""
        if response.ok and (not response.content or _is_json(response)):
            return response
        status, told = response.status_code, _message(response)
        if told is None:
            raise ConnectUnavailableError(f"what answers at {self.url} is no Connect worker: {status}")
        if status == NOT_FOUND:
            raise NoConnectorError(told)
        if status in ASK_AGAIN or status >= SERVER_ERRORS:
            raise ConnectUnavailableError(f"the Connect worker at {self.url} cannot do it now: {told}")
        raise ConnectRefusalError(f"the Connect worker refuses: {told}")


def _ask_again(response: requests.Response) -> bool:
    """Tell whether the worker rebalances or starts; when it has just begun, it knows no path and says so in HTML."""
    return response.status_code in ASK_AGAIN or (response.status_code == NOT_FOUND and not _is_json(response))


def _part(name: str) -> str:
    return quote(name, safe="")


def _is_json(response: requests.Response) -> bool:
    return response.headers.get("Content-Type", "").startswith("application/json")


def _message(response: requests.Response) -> str | None:
    """What a worker says in words when it says no; None where it is no worker's answer."""
    if not _is_json(response) or not response.content:
        return None
    answer: Any = response.json()
    message = answer.get("message") if isinstance(answer, dict) else None
    return " ".join(message.split()) if isinstance(message, str) else f"status {response.status_code}"


def _root(error: BaseException) -> str:
    """The reason at the bottom of an error of `requests`, which repeats the address at every level."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return re.sub(r"^\[Errno -?\d+\] ", "", str(reason).rpartition(": ")[2])
