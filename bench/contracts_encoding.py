"""Encode and decode a result of NH3's size, against the `avro` package and fastavro, interleaved in one run.

    PYTHONPATH=contracts python bench/contracts_encoding.py

"values" is plain Python values to bytes and back, which is all that the two libraries do; "model" begins and ends at
the validated model, which is what callers have: the same dump and the same validation are added on every side.
"""

import argparse
import io
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import avro.io
import avro.schema
import fastavro
import numpy as np

from quantum_contracts import v2
from quantum_contracts.avro_schema import released, released_text
from quantum_contracts.binary_reader import compile_reader
from quantum_contracts.binary_writer import compile_writer
from quantum_contracts.encoding import decode, encode, to_avro

QUBITS, TERMS, PARAMETERS, ITERATIONS, ANSATZ_CHARACTERS = 16, 3057, 315, 60, 1_500_000


def ammonia() -> v2.VQEDecoratedResult:
    """A result with the shapes of NH3 in STO-3G and numbers of the usual size."""
    random = np.random.default_rng(1)
    labels = random.choice(list("IXYZ"), size=(TERMS, QUBITS))
    gate = "rz(0.123456789) q[3];\ncx q[3], q[4];\n"
    return v2.VQEDecoratedResult(
        vqe_result=v2.VQEResult(
            initial_data=v2.VQEInitialData(
                backend="exact_sector",
                num_qubits=QUBITS,
                hamiltonian=[
                    v2.HamiltonianTerm.model_validate({"label": "".join(label), "coefficients": complex(coefficient)})
                    for label, coefficient in zip(labels, random.normal(scale=0.1, size=TERMS), strict=True)
                ],
                num_parameters=PARAMETERS,
                initial_parameters=random.normal(scale=0.05, size=PARAMETERS).tolist(),
                optimizer="L-BFGS-B",
                ansatz=(gate * (ANSATZ_CHARACTERS // len(gate) + 1))[:ANSATZ_CHARACTERS],
                ansatz_reps=1,
                noise_backend="none",
                default_shots=0,
                seed=1,
                ansatz_name="UCCSD",
                init_strategy="mp2",
                mapper="jordan_wigner",
            ),
            iteration_list=[
                v2.VQEProcess(
                    iteration=step,
                    parameters=random.normal(scale=0.05, size=PARAMETERS).tolist(),
                    result=-55.5 - step * 1e-4,
                    std=0.0,
                    elapsed=step * 1e-3,
                )
                for step in range(ITERATIONS)
            ],
            minimum=-55.51,
            optimal_parameters=random.normal(scale=0.05, size=PARAMETERS).tolist(),
            minimization_time=0.06,
        ),
        molecule=v2.MoleculeInfo(
            symbols=["N", "H", "H", "H"],
            coords=random.normal(size=(4, 3)).tolist(),
            multiplicity=1,
            charge=0,
            units="angstrom",
        ),
        basis_set="sto3g",
        hamiltonian_time=0.5,
        mapping_time=0.1,
        vqe_time=0.1,
        total_time=0.7,
        molecule_id=17,
        run_id="9a3e62c8-4a57-4a4f-9a4b-1f4de81e9f4f",
    )


Way = Callable[[], Any]
"""One way to do a job, ready to run."""


def jobs(result: v2.VQEDecoratedResult) -> dict[str, dict[str, Way]]:
    """Every job, done by us and by the peers. All of them must give the same."""
    write, read = compile_writer(released("v2")), compile_reader(released("v2"))
    peer_schema = avro.schema.parse(released_text("v2"))
    writer: Any = avro.io.DatumWriter(peer_schema)
    reader: Any = avro.io.DatumReader(peer_schema)
    fast_schema = fastavro.parse_schema(released("v2"))
    values, body = to_avro(result, "v2"), encode(result)

    def ours_encode(record: Any) -> bytes:
        out = bytearray()
        write(record, out)
        return bytes(out)

    def avro_encode(record: Any) -> bytes:
        out = io.BytesIO()
        writer.write(record, avro.io.BinaryEncoder(out))
        return out.getvalue()

    def fast_encode(record: Any) -> bytes:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, fast_schema, record)
        return out.getvalue()

    def avro_decode() -> Any:
        return reader.read(avro.io.BinaryDecoder(io.BytesIO(body)))

    def fast_decode() -> Any:
        return fastavro.schemaless_reader(io.BytesIO(body), fast_schema, None)

    def validated(record: Any) -> v2.VQEDecoratedResult:
        return v2.VQEDecoratedResult.model_validate(record, strict=True)

    return {
        "encode values": {
            "ours": lambda: ours_encode(values),
            "avro": lambda: avro_encode(values),
            "fastavro": lambda: fast_encode(values),
        },
        "encode model": {
            "ours": lambda: encode(result),
            "avro": lambda: avro_encode(to_avro(result, "v2")),
            "fastavro": lambda: fast_encode(to_avro(result, "v2")),
        },
        "decode values": {"ours": lambda: read(body, 0)[0], "avro": avro_decode, "fastavro": fast_decode},
        "decode model": {
            "ours": lambda: decode(body, "v2"),
            "avro": lambda: validated(avro_decode()),
            "fastavro": lambda: validated(fast_decode()),
        },
    }


def best_times(ways: dict[str, Way], rounds: int) -> dict[str, float]:
    """The best of `rounds` of each way in seconds, one after the other in every round."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="how often each way is timed (default: 15)")
    rounds = parser.parse_args().rounds
    result = ammonia()
    packages = ", ".join(f"{name} {version(name)}" for name in ("avro", "fastavro", "pydantic", "numpy"))
    print(f"# {packages}, Python {platform.python_version()}, {platform.machine()}")
    print(f"# command: python {' '.join(sys.argv)}; best of {rounds} rounds, interleaved")
    print(f"# NH3-sized result: {len(encode(result)):,} bytes")
    print(f"{'job':15}{'ours ms':>10}{'avro ms':>10}{'fastavro ms':>13}{'avro/ours':>11}{'fastavro/ours':>15}")
    for job, ways in jobs(result).items():
        outcomes = [way() for way in ways.values()]
        assert all(outcome == outcomes[0] for outcome in outcomes), f"{job}: the ways disagree"
        best = best_times(ways, rounds)
        ours, peer, fast = (best[name] * 1e3 for name in ("ours", "avro", "fastavro"))
        print(f"{job:15}{ours:10.2f}{peer:10.2f}{fast:13.2f}{peer / ours:11.1f}{fast / ours:15.1f}")


if __name__ == "__main__":
    main()
