from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.quantum_ingestion.support_connect import Answer, FakeConnect

from quantum_ingestion.registry_api import complete_addresses
from quantum_ingestion.settings import RegistryApi

VALUE, KEY = "value.converter.schema.registry.url", "key.converter.schema.registry.url"
PATH = "/apis/ccompat/v7"


@contextmanager
def registry(*answers: Answer) -> Iterator[str]:
    """A registry that gives these answers, one for each request."""
    with FakeConnect() as server:
        server.faults = list(answers)
        yield server.url


def test_apicurio_is_found_by_asking() -> None:
    with registry((404, "<html>"), (200, [])) as url:
        found = complete_addresses({VALUE: url, KEY: url + "/"}, "auto", 5)
    assert found.completed == {url: url + PATH, url + "/": url + PATH}
    assert found.notes == ()


@pytest.mark.parametrize("answer", [(200, []), (401, {"message": "who are you"})])
def test_a_registry_that_answers_at_the_given_address_keeps_it(answer: Answer) -> None:
    with registry(answer) as url:
        assert complete_addresses({VALUE: url}, "auto", 5).completed == {}


def test_what_is_no_registry_at_either_address_keeps_it() -> None:
    with registry((404, "<html>"), (404, "<html>")) as url:
        assert complete_addresses({VALUE: url}, "auto", 5).completed == {}


def test_a_registry_that_cannot_be_asked_from_here_is_noted() -> None:
    found = complete_addresses({VALUE: "http://127.0.0.1:9"}, "auto", 5)
    assert found.completed == {}
    assert found.notes == (
        "http://127.0.0.1:9 does not answer here, so its path is not checked: Apicurio needs --registry-api apicurio",
    )


def test_a_person_who_knows_says_so() -> None:
    url = "http://127.0.0.1:9"
    assert complete_addresses({VALUE: url}, "apicurio", 5).completed == {url: url + PATH}
    assert complete_addresses({VALUE: url}, "as-given", 5).completed == {}


@pytest.mark.parametrize("api", ["auto", "apicurio"])
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/path", "http://127.0.0.1:9,http://127.0.0.1:8", "mock://a", "${env:R}"]
)
def test_an_address_with_a_path_or_several_are_left_alone(url: str, api: RegistryApi) -> None:
    found = complete_addresses({VALUE: url}, api, 5)
    assert (found.completed, found.notes) == ({}, ())
