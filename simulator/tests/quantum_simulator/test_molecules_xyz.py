import contextlib
import io

import ase.io
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.errors import UsageError
from quantum_simulator.molecules.xyz import parse_frames

atoms = st.lists(
    st.tuples(st.sampled_from(["H", "He", "Li", "Og"]), st.tuples(*[st.floats(-1e6, 1e6, allow_subnormal=False)] * 3)),
    min_size=1,
    max_size=4,
)
frames = st.lists(atoms, min_size=1, max_size=3)


@given(frames)
def test_frames_are_read_as_ase_reads_them(geometries: list[list[tuple[str, tuple[float, float, float]]]]) -> None:
    text = ""
    for geometry in geometries:
        text += f"{len(geometry)}\n\n" + "".join(f"{symbol} {x!r} {y!r} {z!r}\n" for symbol, (x, y, z) in geometry)
    ours = parse_frames(text, "a.xyz")
    theirs = ase.io.read(io.StringIO(text), index=":", format="xyz")
    assert [frame.entry["symbols"] for frame in ours] == [frame.get_chemical_symbols() for frame in theirs]
    assert [frame.entry["coords"] for frame in ours] == [frame.get_positions().tolist() for frame in theirs]


def test_a_frame_knows_its_line() -> None:
    assert [frame.line for frame in parse_frames("\n1\n\nH 0 0 0\n\n1\n\nH 0 0 0", "a.xyz")] == [2, 6]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("two\n\nH 0 0 0", "a.xyz:1: the number of atoms (1 or more) is needed, not 'two'"),
        ("0\n\n", "a.xyz:1: the number of atoms (1 or more) is needed, not '0'"),
        ("-1\n\n", "a.xyz:1: the number of atoms"),
        ("9" * 30 + "\n\nH 0 0 0", "a.xyz:1: the number of atoms"),
        ("999999999\n\nH 0 0 0", "a.xyz:4: the frame ends after 1 atoms, line 1 says 999999999"),
        ("1", "a.xyz:3: the frame ends after 0 atoms, line 1 says 1"),
        ("2\n\nH 0 0 0\n\n1\n\nH 0 0 0", "a.xyz:4: the frame ends after 1 atoms, line 1 says 2"),
        ("1\n\nH 0 0 0\nH 0 0 1\n", "a.xyz:4: the number of atoms (1 or more) is needed, not 'H 0 0 1'"),
        ("1\n\nQ 0 0 0", "a.xyz:3: 'Q' is not the symbol of an element"),
        ("1\n\nH 0 0", "a.xyz:3: an atom is a symbol and 3 coordinates, the line has 3 columns"),
        ("1\n\nH 0 O 0", "a.xyz:3: y: a number is needed, not 'O'"),
        ("1\n\nH 0 0 nan", "a.xyz:3: z: a finite number is needed, not 'nan'"),
        ("1\n\nH 1e999 0 0", "a.xyz:3: x: a finite number is needed, not '1e999'"),
        ("1\ncharge=+1 multiplicity=one\nH 0 0 0", "a.xyz:2: multiplicity: an integer is needed, not 'one'"),
        ("1\ncharge=\nH 0 0 0", "a.xyz:2: charge: an integer is needed, not ''"),
    ],
)
def test_malformed_text_is_told_with_line_and_field(text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_frames(text, "a.xyz")
    assert str(error.value).startswith(told)


@given(st.text(alphabet="0123H \n.=-chargeXé\x0c\u2028"))
def test_no_text_ends_in_anything_but_frames_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        for frame in parse_frames(text, "a.xyz"):
            assert len(frame.entry["symbols"]) == len(frame.entry["coords"]) > 0
