from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.errors import UsageError
from quantum_simulator.sweep.yaml_file import MOST_BYTES, read_yaml

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_every_place_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("first: 1\nlist:\n  - x\n  - deep:\n      deeper: y\n")
    file = read_yaml(path)
    assert file.data == {"first": 1, "list": ["x", {"deep": {"deeper": "y"}}]}
    lines = {("first",): 1, ("list",): 3, ("list", 0): 3, ("list", 1, "deep", "deeper"): 5, ("list", 7): 3, (): 1}
    assert {place: file.line(place) for place in lines} == lines
    assert file.where(("list", 1)) == f"{path}:4"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: [1, 2\nb: 3\n", r"a.yaml:\d: not YAML"),
        (b"a: 1\na: 2\n", "a.yaml:2: 'a' stands here twice"),
        (b"a:\n  - {b: 1, b: 2}\n", "a.yaml:2: 'b' stands here twice"),
        (b"? [a, b]\n: 1\n", "a.yaml:1: a key must be a plain word"),
        (LAUGHS.encode(), "a.yaml:2: aliases"),
        (b"a: !!python/object/apply:os.system [true]\n", "not YAML"),
        (b"a: 2026-99-99\n", "not YAML"),
        (b"[" * 200_000, "nest more than 20 levels deep"),
        (b"".join(b" " * level + b"- \n" for level in range(400)), "a.yaml:21: lists and mappings nest"),
        (b"a: \xff", "not UTF-8 text: byte 3 is 0xff"),
        (b"a: \x00", "not YAML"),
        (b"#" * (MOST_BYTES + 1), "larger than 256 KiB"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=told) as raised:
        read_yaml(path)
    assert len(str(raised.value).splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        read_yaml(tmp_path / "a.yaml")
    with pytest.raises(UsageError, match="not a readable file"):
        read_yaml(tmp_path)


@given(st.binary(max_size=200) | st.text("[]{}:,-&*!?|>'\"#%@ \n\tab01", max_size=60).map(str.encode))
def test_whatever_it_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("yaml") / "a.yaml"
    path.write_bytes(content)
    try:
        read_yaml(path)
    except UsageError as error:
        told = str(error)
    else:
        told = ""
    assert len(told.splitlines()) <= 1
