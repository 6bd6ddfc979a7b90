from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.landing import LandingFile

topics = st.from_regex(r"[A-Za-z0-9-][A-Za-z0-9._-]*", fullmatch=True)


def test_the_path_is_the_specifications() -> None:
    file = LandingFile("vqe_decorated_result_v1", 2, 17)
    assert file.path == PurePosixPath("vqe_decorated_result_v1/partition=2/vqe_decorated_result_v1+2+0000000017.avro")


@given(topics, st.integers(0, 10**4), st.integers(0, 10**12))
def test_names_are_read_back(topic: str, partition: int, offset: int) -> None:
    file = LandingFile(topic, partition, offset)
    assert LandingFile.parse(file.name) == file


@given(st.integers(0, 10**10 - 1), st.integers(0, 10**10 - 1))
def test_names_sort_as_offsets_do(one: int, other: int) -> None:
    assert (LandingFile("t", 0, one).name < LandingFile("t", 0, other).name) is (one < other)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".topic+0+0000000001.avro.tmp",
        "_topic+0+0000000001",
        "topic+0+0000000001.avro.part",
        "topic+0+1.avro",
        "topic+x+0000000001.avro",
        "to/pic+0+0000000001.avro",
        "topic+0+0000000001.avro\n",
        "topic+-1+0000000001.avro",
        "topic+0+٠٠٠٠٠٠٠٠٠١.avro",
        ".topic+0+0000000001.avro",
        "_topic+0+0000000001.avro",
    ],
)
def test_strangers_are_no_landing_files(name: str) -> None:
    assert LandingFile.parse(name) is None


def test_a_name_that_is_not_written_so_is_no_landing_file() -> None:
    assert LandingFile.parse("topic+00+0000000001.avro") is None
    assert LandingFile.parse("topic+0+00000000001.avro") is None
