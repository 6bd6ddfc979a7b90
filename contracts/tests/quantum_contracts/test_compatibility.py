import copy
import io
from collections.abc import Callable, Iterator
from typing import Any

import avro.compatibility
import avro.schema
import fastavro
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from quantum_contracts import strategies
from quantum_contracts.avro_schema import released
from quantum_contracts.compatibility import Compatibility, compare, compare_released, problems
from quantum_contracts.encoding import encode
from quantum_contracts.evolutions import (
    EVOLUTIONS,
    STRICTER_THAN_REGISTRIES,
    Evolution,
    array,
    enum,
    field,
    fixed,
    inner,
    mapping,
    of,
    record,
)
from quantum_contracts.schema_strategies import schema_values
from quantum_contracts.topics import VERSIONS

Check = Callable[[Any, Any], bool]
"""Takes a writer's and a reader's schema; says whether the reader reads everything."""

every_evolution = pytest.mark.parametrize("evolution", EVOLUTIONS, ids=str)


def gate(writer: Any, reader: Any) -> bool:
    return not problems(writer, reader)


def wrong_answers(check: Check) -> list[str]:
    """The evolutions that a check judges wrongly."""
    return [
        evolution.name
        for evolution in EVOLUTIONS
        if (check(evolution.old, evolution.new), check(evolution.new, evolution.old)) != evolution.answer
    ]


def directions(evolution: Evolution) -> Iterator[tuple[Any, Any, bool]]:
    """Writer, reader, and whether the reader reads everything."""
    backward, forward = evolution.answer
    yield evolution.old, evolution.new, backward
    yield evolution.new, evolution.old, forward


def test_the_gate_knows_all_answers() -> None:
    assert wrong_answers(gate) == []


def test_the_gate_is_stricter_than_registries_where_the_meaning_changes() -> None:
    for evolution in STRICTER_THAN_REGISTRIES:
        assert (gate(evolution.old, evolution.new), gate(evolution.new, evolution.old)) == evolution.answer


def test_a_gate_that_always_says_yes_fails() -> None:
    assert set(wrong_answers(lambda _writer, _reader: True)) == {
        evolution.name for evolution in EVOLUTIONS if evolution.answer != (True, True)
    }


def test_a_gate_that_always_says_no_fails() -> None:
    assert set(wrong_answers(lambda _writer, _reader: False)) == {
        evolution.name for evolution in EVOLUTIONS if evolution.answer != (False, False)
    }


def test_a_gate_that_mixes_up_the_directions_fails() -> None:
    assert wrong_answers(lambda writer, reader: gate(reader, writer))


def test_the_table_has_every_answer_many_times() -> None:
    answers = [evolution.answer for evolution in EVOLUTIONS]
    assert min(answers.count(answer) for answer in set(answers)) >= 10
    assert len(set(answers)) == 4


avro_checker: Callable[[], Any] = avro.compatibility.ReaderWriterCompatibilityChecker


@every_evolution
def test_the_avro_package_agrees(evolution: Evolution) -> None:
    parse = avro.schema.make_avsc_object
    answers = []
    for writer, reader, _ in directions(evolution):
        verdict = avro_checker().get_compatibility(reader=parse(reader), writer=parse(writer))
        answers.append(verdict.compatibility is avro.compatibility.SchemaCompatibilityType.compatible)
    assert tuple(answers) == evolution.answer


def fastavro_reads(writer: Any, reader: Any, value: Any) -> bool:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(writer), value)
    body.seek(0)
    try:
        fastavro.schemaless_reader(body, fastavro.parse_schema(writer), fastavro.parse_schema(reader))
    except (fastavro.read.SchemaResolutionError, ValueError, KeyError, TypeError, IndexError):
        return False
    return True


def unreadable(writer: Any, reader: Any) -> Callable[[Any], bool]:
    return lambda value: not fastavro_reads(writer, reader, value)


@every_evolution
def test_fastavro_reads_what_the_answer_promises_and_fails_where_it_does_not(evolution: Evolution) -> None:
    search = settings(phases=[Phase.generate], max_examples=60, database=None)
    for writer, reader, readable in directions(evolution):
        try:
            find(schema_values(writer), unreadable(writer, reader), settings=search)
        except NoSuchExample:
            assert readable
        else:
            assert not readable


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> Any:
    """Schemas of few types, so that pairs of them often go together."""
    kinds = ["int", "long", "double", "string"]
    if depth:
        kinds += ["array", "map", "union", "record"]
    match draw(st.sampled_from(kinds)):
        case "array":
            return array(draw(schemas(depth - 1)))
        case "map":
            return mapping(draw(schemas(depth - 1)))
        case "union":
            return ["null", draw(st.sampled_from(["int", "long", "double", "string"]))]
        case "record":
            names = draw(st.lists(st.sampled_from("ab"), unique=True))
            return inner(*[field(draw(schemas(0)), name) for name in names], name=f"Level{depth}")
        case primitive:
            return primitive


@given(schemas(), schemas(), st.data())
@settings(max_examples=300)
def test_what_the_gate_calls_readable_fastavro_reads(old: Any, new: Any, data: st.DataObject) -> None:
    writer, reader = of(old), of(new)
    if gate(writer, reader):
        assert fastavro_reads(writer, reader, data.draw(schema_values(writer)))


@pytest.mark.parametrize("writer_version", VERSIONS)
@pytest.mark.parametrize("reader_version", VERSIONS)
@given(data=st.data())
def test_every_version_reads_every_result_of_every_other(
    writer_version: str, reader_version: str, data: st.DataObject
) -> None:
    body = io.BytesIO(encode(data.draw(strategies.results(writer_version))))
    writer, reader = fastavro.parse_schema(released(writer_version)), fastavro.parse_schema(released(reader_version))
    read: Any = fastavro.schemaless_reader(body, writer, reader)
    assert read.keys() == {part["name"] for part in released(reader_version)["fields"]}


def test_all_released_versions_are_fully_compatible() -> None:
    verdicts = compare_released()
    assert [(verdict.old, verdict.new) for verdict in verdicts] == [("v1", "v2")]
    assert {verdict.compatibility for verdict in verdicts} == {Compatibility.FULL}


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ((True, True), Compatibility.FULL),
        ((True, False), Compatibility.BACKWARD),
        ((False, True), Compatibility.FORWARD),
        ((False, False), Compatibility.NONE),
    ],
)
def test_the_level_says_which_directions_work(answer: tuple[bool, bool], level: Compatibility) -> None:
    found = {
        compare(evolution.old, evolution.new).compatibility for evolution in EVOLUTIONS if evolution.answer == answer
    }
    assert found == {level}


def test_a_missing_default_deep_inside_is_told_with_its_path() -> None:
    new: Any = copy.deepcopy(released("v2"))
    iteration = new["fields"][0]["type"]["fields"][1]["type"]["items"]
    iteration["fields"].append({"name": "variance", "type": "double"})
    verdict = compare(released("v2"), new, "v2", "v3")
    assert verdict.compatibility is Compatibility.FORWARD
    assert verdict.backward_problems == [
        "vqe_result.iteration_list[].variance: v3 needs it, v2 does not write it, and it has no default"
    ]


@pytest.mark.parametrize(
    ("writer", "reader", "words"),
    [
        (of("double"), of("int"), "f: the writer may write double, the reader reads int"),
        (of(["null", "int"]), of("int"), "f: the writer may write null, the reader reads int"),
        (
            of(array("string")),
            of(array(["null", "int"])),
            "f[]: the writer may write string, the reader reads null or int",
        ),
        (of(mapping("string")), of(mapping("int")), "f{}: the writer may write string, the reader reads int"),
        (
            of(fixed(4)),
            of(fixed(8)),
            "f: the writer may write the fixed F of 4 bytes, the reader reads the fixed F of 8 bytes",
        ),
        (
            of(enum("A", "B", "C")),
            of(enum("A")),
            "f: the writer may write B, C, the reader does not know them, and it has no default",
        ),
        (
            record(name="R"),
            record(name="S"),
            "the schema: the writer may write the record R, the reader reads the record S",
        ),
    ],
)
def test_problems_are_told_in_words(writer: Any, reader: Any, words: str) -> None:
    assert problems(writer, reader) == [words]


def test_a_change_of_meaning_is_a_problem() -> None:
    micros, millis = ({"type": "long", "logicalType": f"timestamp-{unit}"} for unit in ("micros", "millis"))
    assert problems(of(micros), of(millis)) == [
        "f: the writer means timestamp-micros, the reader reads it as timestamp-millis"
    ]
    assert problems(of(micros), of("long")) == []


def test_all_problems_are_told() -> None:
    writer = record(field("double", "a"), field("string", "b"))
    reader = record(field("int", "a"), field("int", "b"), field("int", "c"))
    assert [problem.partition(":")[0] for problem in problems(writer, reader)] == ["a", "b", "c"]


def test_what_is_no_schema_is_refused() -> None:
    with pytest.raises(fastavro.schema.UnknownType):
        problems("nothing", "int")
