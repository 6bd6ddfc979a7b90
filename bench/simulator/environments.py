"""An environment of its own for every peer, made once of its hashed lock and kept in the user's cache folder."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

LOCKS = Path(__file__).parents[2] / "3rdparty" / "python" / "peers"


@dataclass(frozen=True)
class PeerKind:
    """A peer by the name that the table prints."""

    name: str
    module: str  # of simulator.peers
    lock: str | None  # whose packages it needs; None runs in the environment of this process


OURS = PeerKind("ours", "with_ours", None)
PEERS = {
    peer.name: peer
    for peer in (
        OURS,
        PeerKind("ours, spin-adapted", "with_ours_adapted", None),
        PeerKind("tencirchem", "with_tencirchem", "tencirchem"),
        PeerKind("tencirchem, JAX", "with_tencirchem_jax", "tencirchem"),
        PeerKind("tencirchem, same circuit", "with_tencirchem_same", "tencirchem"),
        PeerKind("mindquantum", "with_mindquantum", "mindquantum"),
        PeerKind("pennylane-lightning", "with_pennylane", "pennylane"),
        PeerKind("qulacs", "with_qulacs", "qulacs"),
        PeerKind("fqe", "with_fqe", "fqe"),
        PeerKind("ffsim", "with_ffsim", "ffsim"),
        PeerKind("aer", "with_aer", "aer"),
        PeerKind("qiskit-algorithms", "with_qiskit_algorithms", "qiskit-algorithms"),
        PeerKind("quantum-pipeline 2.5.1", "with_quantum_pipeline", "quantum-pipeline"),
    )
}


def interpreter(peer: PeerKind) -> Path:
    """The Python that has the peer's packages; they are installed where they are not there yet."""
    if peer.lock is None:
        return Path(sys.executable)
    lock = LOCKS / f"{peer.lock}.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = user_cache_path("quantum-pipeline") / "peers" / f"{peer.lock}-{digest}"
    python, complete = folder / "bin" / "python", folder / "complete"
    if not complete.exists():
        print(f"installing {peer.lock} into {folder}", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "--no-deps", "-r", str(lock)], check=True)  # noqa: S603
        complete.touch()
    return python
