"""Starts PostgreSQL; its arguments are the server's: `-c max_connections=200`.

The first start makes the database `POSTGRES_DB`, named after its owner if not told, and the owner `POSTGRES_USER`,
`postgres` if not told, with the password `POSTGRES_PASSWORD`. Later starts need none of them and change nothing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from quantum_services.java import become
from quantum_services.properties import SettingError

VOLUME = Path("/var/lib/postgresql/data")
# A folder in the volume, not the volume itself: it gets its name when it is complete.
CLUSTER, UNFINISHED = VOLUME / "cluster", VOLUME / "unfinished"
FROM_ANYWHERE = "host all all all scram-sha-256\n"
DEFAULT_USER = "postgres"


@dataclass(frozen=True)
class Owner:
    """Who owns the first database, and its name."""

    user: str
    password: str = field(repr=False)
    database: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The owner that the environment tells.

        Raises:
            SettingError: there is no password, or a setting has more than one line.
        """
        user = environment.get("POSTGRES_USER") or DEFAULT_USER
        owner = cls(user, environment.get("POSTGRES_PASSWORD", ""), environment.get("POSTGRES_DB") or user)
        if not owner.password:
            raise SettingError("the first start needs POSTGRES_PASSWORD; there is no default")
        for name, value in (("USER", owner.user), ("PASSWORD", owner.password), ("DB", owner.database)):
            if any(character in value for character in "\n\r\0"):
                raise SettingError(f"POSTGRES_{name} must be one line")  # the value is not told: it may be a secret
        return owner


def main() -> int:
    """Become the server; return an exit code only where that is impossible."""
    if not CLUSTER.exists():
        try:
            create(Owner.of(os.environ))
        except SettingError as error:
            print(f"postgres: error: {error}", file=sys.stderr)
            return 2
        except subprocess.CalledProcessError as error:
            print(f"postgres: error: {error.cmd[0]} ended with {error.returncode}", file=sys.stderr)
            return 1
    os.environ.pop("POSTGRES_PASSWORD", None)
    return become(server_command(sys.argv[1:]))


def create(owner: Owner) -> None:
    """Make the cluster, its owner and the database; a start that was interrupted begins anew.

    Raises:
        subprocess.CalledProcessError: PostgreSQL's own tools failed; they told why.
    """
    shutil.rmtree(UNFINISHED, ignore_errors=True)
    _run(initialisation(owner), owner.password + "\n")
    with (UNFINISHED / "pg_hba.conf").open("a") as rules:
        rules.write(FROM_ANYWHERE)
    if owner.database != "postgres":  # which initdb has made
        _run(["postgres", "--single", "-D", str(UNFINISHED), "postgres"], creation(owner.database))
    UNFINISHED.rename(CLUSTER)


def initialisation(owner: Owner) -> list[str]:
    """PostgreSQL's own tool, which reads the password from its input."""
    return [
        "initdb",
        f"--pgdata={UNFINISHED}",
        f"--username={owner.user}",
        "--pwfile=/dev/stdin",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]


def creation(database: str) -> str:
    """The statement that makes a database, for the server's own prompt."""
    quoted = database.replace('"', '""')
    return f'CREATE DATABASE "{quoted}"\n'


def server_command(arguments: Sequence[str]) -> list[str]:
    """The server, on all interfaces of the container."""
    return ["postgres", "-D", str(CLUSTER), "-c", "listen_addresses=*", *arguments]


def _run(command: Sequence[str], text: str) -> None:
    subprocess.run(command, input=text, text=True, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 -- no shell


if __name__ == "__main__":
    sys.exit(main())
