import pytest
from pydantic import BaseModel, ValidationError

from quantum_contracts.validation import describe, field_path


class Inner(BaseModel):
    numbers: list[int]


class Outer(BaseModel):
    inner: list[Inner]


def refused(value: object) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(value)
    return caught.value


@pytest.mark.parametrize(
    ("location", "path"),
    [((), ""), (("a",), "a"), (("a", 3, "b", 0, 1), "a[3].b[0][1]")],
)
def test_paths_are_written_as_in_code(location: tuple[int | str, ...], path: str) -> None:
    assert field_path(location) == path


def test_where_what_and_what_was_given() -> None:
    error = refused({"inner": [{"numbers": [1]}, {"numbers": [1, "x"]}]})
    assert describe(error) == (
        "inner[1].numbers[1]: it should be a valid integer, unable to parse string as an integer (given: 'x')"
    )


def test_large_values_are_cut() -> None:
    assert len(describe(refused({"inner": [{"numbers": ["x" * 10_000]}]}))) < 200


def test_many_problems_are_counted() -> None:
    line = describe(refused({"inner": [{"numbers": list("abcdefgh")}]}))
    assert line.count("valid integer") == 3
    assert line.endswith("; and 5 more")


def test_the_place_may_be_written_another_way() -> None:
    assert describe(refused({}), place=lambda location: f"--{location[0]}").startswith("--inner: Field required")
