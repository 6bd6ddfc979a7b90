"""What PostgreSQL's first start is told."""

import pytest

from quantum_services.postgres import Owner, creation, initialisation, main, server_command
from quantum_services.properties import SettingError


def test_names_that_are_not_told() -> None:
    assert Owner.of({"POSTGRES_PASSWORD": "p"}) == Owner("postgres", "p", "postgres")
    assert Owner.of({"POSTGRES_PASSWORD": "p", "POSTGRES_USER": "anna"}) == Owner("anna", "p", "anna")
    told = {"POSTGRES_PASSWORD": "p", "POSTGRES_USER": "anna", "POSTGRES_DB": "catalog"}
    assert Owner.of(told) == Owner("anna", "p", "catalog")


@pytest.mark.parametrize("environment", [{}, {"POSTGRES_PASSWORD": ""}, {"POSTGRES_USER": "anna"}])
def test_there_is_no_default_password(environment: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="the first start needs POSTGRES_PASSWORD; there is no default"):
        Owner.of(environment)


def test_without_a_password_it_does_not_start_and_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POSTGRES_PASSWORD", raising=False)
    assert main() == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "postgres: error: the first start needs POSTGRES_PASSWORD; there is no default\n"


@pytest.mark.parametrize("name", ["POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"])
def test_settings_of_more_than_one_line_are_refused_and_not_told(name: str) -> None:
    with pytest.raises(SettingError, match=f"^{name} must be one line$"):
        Owner.of({"POSTGRES_PASSWORD": "p", name: "two\nlines"})


def test_the_password_is_in_no_command_line_and_no_representation() -> None:
    owner = Owner("anna", "a secret", "catalog")
    command = initialisation(owner)
    assert "--username=anna" in command
    assert "--auth=scram-sha-256" in command
    assert "secret" not in " ".join(command) + repr(owner)


def test_a_database_may_have_any_name() -> None:
    assert creation('a"b c') == 'CREATE DATABASE "a""b c"\n'


def test_the_servers_own_arguments_come_last() -> None:
    command = server_command(["-c", "max_connections=200"])
    assert command[0] == "postgres"
    assert command[-4:] == ["-c", "listen_addresses=*", "-c", "max_connections=200"]
