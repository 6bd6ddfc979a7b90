"""A small result for tests that are about what happens to results."""

from datetime import UTC, datetime

from quantum_contracts.v2 import VQEDecoratedResult


def result(run_id: str = "a-run", **changes: object) -> VQEDecoratedResult:
    """A plausible H2 result with two iterations; `changes` replace fields of the outermost record."""
    fields = {
        "vqe_result": {
            "initial_data": {
                "backend": "exact_sector",
                "num_qubits": 4,
                "hamiltonian": [{"label": "IIIZ", "coefficients": {"real": 0.1, "imaginary": 0.0}}],
                "num_parameters": 1,
                "initial_parameters": [0.1],
                "optimizer": "L-BFGS-B",
                "ansatz": "OPENQASM 3.0;",
                "ansatz_reps": 1,
                "noise_backend": "none",
                "default_shots": 0,
            },
            "iteration_list": [
                {"iteration": 0, "parameters": [0.1], "result": -1.1361, "std": 0.0, "elapsed": 0.001},
                {"iteration": 1, "parameters": [0.2], "result": -1.1372, "std": 0.0, "elapsed": 0.002},
            ],
            "minimum": -1.1372,
            "optimal_parameters": [0.2],
            "minimization_time": 0.002,
            "success": True,
            "nfev": 2,
            "nit": 1,
        },
        "molecule": {
            "symbols": ["H", "H"],
            "coords": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.7414]],
            "multiplicity": 1,
            "charge": 0,
            "units": "angstrom",
        },
        "basis_set": "sto3g",
        "hamiltonian_time": 0.1,
        "mapping_time": 0.01,
        "vqe_time": 0.01,
        "total_time": 0.2,
        "molecule_id": 17,
        "run_id": run_id,
        "hf_energy": -1.1167,
        "reference_energy": -1.1373,
        "created_at": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    }
    return VQEDecoratedResult.model_validate(fields | changes)
