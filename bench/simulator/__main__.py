"""The exact backend against every peer, on one thread each, taking turns.

    PYTHONPATH=contracts:simulator:bench python -m simulator [--quick] [--molecules H2 LiH] [--peers aer qulacs]

Every peer is a process in an environment of its own, installed from a hashed lock on first use. Its energy is checked
before its time counts. Results go to a file of JSON lines, and with --docs the tables and the picture into the docs.
"""

import argparse
import os
import platform
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.environments import OURS, PEERS, PeerKind
from simulator.judge import fci_energy
from simulator.measure import Plan, compare, failed
from simulator.molecules import case
from simulator.picture import draw
from simulator.report import put_into, tables
from simulator.rows import Row, read_rows, write_rows

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results" / "simulator.jsonl"
PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "pictures" / "simulator.svg"
MOLECULES = ("H2", "LiH", "H2O", "NH3")
CHAINS = (2, 4, 6, 8, 10, 12)
FULL = Plan(rounds=5, slice_seconds=0.2, limit_seconds=40.0, optimise_seconds=20.0)
FULL_CHAIN = Plan(rounds=2, slice_seconds=0.2, limit_seconds=12.0, optimise_seconds=0.0)
QUICK = Plan(rounds=2, slice_seconds=0.05, limit_seconds=10.0, optimise_seconds=5.0, optimise_rounds=1)
QUICK_CHAIN = Plan(rounds=1, slice_seconds=0.05, limit_seconds=5.0, optimise_seconds=0.0)


def measure(options: argparse.Namespace, tell: Callable[[str], None]) -> list[Row]:
    peers = [OURS, *(PEERS[name] for name in options.peers if name != OURS.name)]
    plan, chain_plan = (QUICK, QUICK_CHAIN) if options.quick else (FULL, FULL_CHAIN)
    rows: list[Row] = []
    for name in options.molecules:
        made = case(name)
        rows += compare("molecules", made, peers, plan, fci_energy(made.task), tell)
    return rows + _chains(options.chains, peers, chain_plan, tell)


def _chains(sizes: Sequence[int], peers: Sequence[PeerKind], plan: Plan, tell: Callable[[str], None]) -> list[Row]:
    """Longer and longer, each peer as far as it comes within the limit."""
    rows: list[Row] = []
    for atoms in sizes:
        peers = [peer for peer in peers if peer.name not in failed(rows)]
        if OURS not in peers:
            break
        rows += compare("chain", case(f"chain-{atoms}"), peers, plan, None, tell)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--molecules", nargs="*", default=MOLECULES, help=f"default: {' '.join(MOLECULES)}")
    parser.add_argument("--chains", nargs="*", type=int, default=CHAINS, help="atoms of hydrogen; default: 2 to 12")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS), help="default: all")
    parser.add_argument("--quick", action="store_true", help="small limits of time, and few rounds")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of JSON lines")
    parser.add_argument("--docs", action="store_true", help="put tables and picture into the docs")
    parser.add_argument("--again", action="store_true", help="measure nothing: take the results from their file")
    options = parser.parse_args()

    if not options.again:
        tell = _on_terminal if sys.stderr.isatty() else _silently
        command = f"PYTHONPATH=contracts:simulator:bench python -m simulator {shlex.join(sys.argv[1:])}".strip()
        write_rows(options.results, command, _machine(), measure(options, tell))
    command, machine, rows = read_rows(options.results)
    print(tables(command, machine, rows))
    if options.docs:
        draw(rows, PICTURE)
        put_into(PAGE, "simulator", tables(command, machine, rows))


def _machine() -> str:
    model = ""
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() + ", " if names else ""
    return f"{model}{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _on_terminal(message: str) -> None:
    print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)


def _silently(message: str) -> None:
    """A piped standard error stays empty: the tables are the output."""


if __name__ == "__main__":
    main()
