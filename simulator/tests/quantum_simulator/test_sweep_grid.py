import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.errors import UsageError
from quantum_simulator.sweep import grid
from quantum_simulator.sweep.grid import Sweep, read_sweep
from quantum_simulator.sweep.point import described, varying

H4 = "{name: H4, symbols: [H, H, H, H], coords: [[0,0,0],[0,0,0.9],[0,0,1.8],[0,0,2.7]]}"
WHOLE = f"""
name: whole
fixed:
  basis: 6-31g
  tolerance: 1.0e-8
grid:
  molecule:
    - H2
    - {{name: LiH, bond: [0, 1], at: {{from: 1.2, to: 2.0, points: 3}}}}
    - {H4}
    - more.xyz
  optimizer: [L-BFGS-B, slsqp]
  seed: [0, 1]
experiments:
  - {{molecule: {{name: H2O, angle: [1, 0, 2], at: 90}}, basis: sto3g, ansatz_reps: 2}}
  - {{molecule: H2, seed: 1}}
"""


def read(folder: Path, text: str, name: str = "sweep.yaml") -> Sweep:
    (folder / name).write_text(text)
    return read_sweep(folder / name)


@pytest.fixture
def whole(tmp_path: Path) -> Sweep:
    (tmp_path / "more.xyz").write_text("2\nname=near\nH 0 0 0\nH 0 0 0.7\n2\nname=far\nH 0 0 0\nH 0 0 2.0\n")
    return read(tmp_path, WHOLE)


def test_every_combination_in_order_and_nothing_twice(whole: Sweep) -> None:
    assert whole.name == "whole"
    assert whole.repeated == 1  # H2 with seed 1 is in the grid, too
    molecules = ["H2", "LiH 0-1=1.2", "LiH 0-1=1.6", "LiH 0-1=2", "H4", "near", "far"]
    expected = [(m, o, s) for m in molecules for o in ("L-BFGS-B", "SLSQP") for s in (0, 1)]
    found = [(p.molecule.name, p.settings.optimizer, p.settings.seed) for p in whole.points]
    assert found == [*expected, ("H2O 1-0-2=90", "L-BFGS-B", 0)]
    assert {p.settings.basis for p in whole.points[:-1]} == {"6-31g"}
    assert {p.settings.tolerance for p in whole.points} == {1e-8}
    assert (whole.points[-1].settings.basis, whole.points[-1].settings.ansatz_reps) == ("sto3g", 2)


def test_geometries_are_set(whole: Sweep) -> None:
    distances = [
        abs(p.molecule.info.coords[0][2] - p.molecule.info.coords[1][2])
        for p in whole.points
        if p.molecule.name.startswith("LiH") and p.settings.seed == 0
    ]
    assert distances == pytest.approx([1.2, 1.2, 1.6, 1.6, 2.0, 2.0])


def test_ids_differ_and_are_the_same_in_another_process(whole: Sweep, tmp_path: Path) -> None:
    ids = [point.point_id for point in whole.points]
    assert len(set(ids)) == len(ids)
    again = (
        "import sys, pathlib; from quantum_simulator.sweep.grid import read_sweep;"
        "print(*[point.point_id for point in read_sweep(pathlib.Path(sys.argv[1])).points])"
    )
    file = str(tmp_path / "sweep.yaml")
    told = subprocess.run([sys.executable, "-c", again, file], check=True, capture_output=True, text=True)
    assert told.stdout.split() == ids


def test_the_environment_changes_no_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANTUM_PIPELINE_BASIS", "6-31g")
    monkeypatch.setenv("QUANTUM_PIPELINE_SEED", "7")
    [point] = read(tmp_path, "experiments: [{molecule: H2}]").points
    assert (point.settings.basis, point.settings.seed) == ("sto3g", 0)


def test_points_can_be_sent_to_other_processes(whole: Sweep) -> None:
    copies = pickle.loads(pickle.dumps(whole.points))
    assert copies == whole.points
    assert [point.point_id for point in copies] == [point.point_id for point in whole.points]


def test_a_point_is_described_by_what_varies(whole: Sweep) -> None:
    names = varying(whole.points)
    assert set(names) == {"basis", "optimizer", "seed", "ansatz_reps"}
    assert described(whole.points[3], ["optimizer", "seed"]) == "H2 optimizer=SLSQP seed=1"


def test_a_sweep_without_a_name_is_called_after_its_file(tmp_path: Path) -> None:
    assert read(tmp_path, "experiments: [{molecule: H2}]", "of-may.yaml").name == "of-may"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "sweep.yaml: a sweep is a mapping"),
        ("[1, 2]", "sweep.yaml: a sweep is a mapping"),
        ("{}", "the sweep has no points"),
        ("grid: {}\n", "the sweep has no points"),
        ("grid: [1]\n", "sweep.yaml:1: grid: it should be a valid dictionary"),
        ("name: a\ngird: {}\n", "sweep.yaml:2: gird: Extra inputs"),
        ("name: ../../etc\ngrid: {molecule: [H2]}\n", "sweep.yaml:1: name: String should match"),
        ("grid:\n  molecule: [H2]\n  seed: 3\n", "sweep.yaml:3: grid.seed: it should be a valid list"),
        ("grid:\n  molecule: [H2]\n  seed: []\n", "sweep.yaml:3: grid.seed: List should have at least 1 item"),
        ("grid:\n  seed: [1]\n", "sweep.yaml:2: there is no `molecule` here"),
        ("grid: {molecule: [H2]}\nexperiments:\n  - seed: 1\n", "sweep.yaml:3: there is no `molecule` here"),
        ("grid:\n  molecule: [H2]\n  sed: [1]\n", "sweep.yaml:3: there is no setting 'sed'; did you mean seed"),
        ("fixed:\n  lake: x\ngrid: {molecule: [H2]}\n", "sweep.yaml:2: there is no setting 'lake'"),
        ("fixed: {seed: 1}\ngrid:\n  molecule: [H2]\n  seed: [1]\n", "sweep.yaml:4: seed stands under `fixed`, too"),
        ("grid:\n  molecule: [H2]\n  optimizer:\n    - SLSQP\n    - ADAM\n", "sweep.yaml:5: optimizer: it should be"),
        ("fixed:\n  seed: -1\ngrid:\n  molecule: [H2]\n", "sweep.yaml:2: seed: it should be greater"),
        ("grid:\n  molecule:\n    - H2\n    - H3\n", "sweep.yaml:4: there is no molecule 'H3'"),
        ("grid:\n  molecule:\n    - H2\n    - 7\n", "sweep.yaml:4: a molecule is a name, a file, or a mapping"),
        ("grid:\n  molecule:\n    - nowhere.xyz\n", "nowhere.xyz: there is no such file"),
        ("grid:\n  molecule:\n    - name: H2\n      bnd: [0, 1]\n", "sweep.yaml:4: bnd: Extra inputs"),
        ("grid:\n  molecule:\n    - name: H2\n      bond: [0, 1]\n", "sweep.yaml:3: bond, angle or dihedral and the"),
        ("grid:\n  molecule:\n    - {name: H2, bond: [0, 5], at: 1}\n", "sweep.yaml:3: bond 0-5: there is no atom 5"),
        ("grid:\n  molecule:\n    - {name: H2, bond: [0, 1], at: -1}\n", "sweep.yaml:3: bond 0-1 cannot be -1"),
        ("grid:\n  molecule:\n    - {symbols: [H], coords: [[0, 0]]}\n", "sweep.yaml:3: molecule: [0]"),
        (
            "grid:\n  molecule: [H2]\n  optimizer: [L-BFGS-B]\n  shots: [1]\n",
            "sweep.yaml:4: optimizer=L-BFGS-B shots=1",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, text)
    assert told in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_grid_has_a_limit(tmp_path: Path) -> None:
    many = f"[{', '.join(map(str, range(1000)))}]"
    with pytest.raises(UsageError, match=r"the sweep has 1,000,000 points, at most 100,000 are allowed"):
        read(tmp_path, f"grid: {{molecule: [H2], seed: {many}, max_iterations: {many}}}")


def test_a_range_of_geometries_has_a_limit(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="less than or equal to 10000"):
        read(tmp_path, "grid: {molecule: [{name: H2, bond: [0, 1], at: {from: 1, to: 2, points: 1000000000}}]}")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*grid.KEYS, "grid", "fixed", "experiments", "name"]), inner, max_size=3),
    )
)
def test_whatever_the_file_says_is_a_sweep_or_one_line(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    folder = tmp_path_factory.mktemp("sweep")
    try:
        made = f"{len(read(folder, yaml.safe_dump(data)).points)} points"
    except UsageError as error:
        made = str(error)
    assert len(made.splitlines()) == 1
    assert made != "0 points"
