"""Results that tests send: small, told apart by their run_id, with numbers that only a whole double keeps."""

from quantum_contracts.v2 import VQEDecoratedResult


def result(run_id: str, energy: float = -1.137, molecule_id: int = 1, steps: int = 3) -> VQEDecoratedResult:
    """A plausible result with two parameters and two Hamiltonian terms."""
    return VQEDecoratedResult.model_validate(
        {
            "vqe_result": {
                "initial_data": {
                    "backend": "exact",
                    "num_qubits": 2,
                    "hamiltonian": [
                        {"label": "II", "coefficients": {"real": 1 / 3, "imaginary": 0.0}},
                        {"label": "XY", "coefficients": {"real": 0.7, "imaginary": -0.0}},
                    ],
                    "num_parameters": 2,
                    "initial_parameters": [1 / 3, 0.7],
                    "optimizer": "L-BFGS-B",
                    "ansatz": "OPENQASM 3.0;\nqubit[2] q;",
                    "ansatz_reps": 1,
                    "noise_backend": "none",
                    "default_shots": 0,
                },
                "iteration_list": [
                    {"iteration": step, "parameters": [step / 3, 0.7], "result": energy + 1 / (step + 3), "std": 0.0}
                    for step in range(1, steps + 1)
                ],
                "minimum": energy,
                "optimal_parameters": [1 / 3, 0.7],
                "minimization_time": 0.01,
            },
            "molecule": {
                "symbols": ["H", "H"],
                "coords": [[0.0, 0.0, 0.0], [0.0, 1 / 3, 0.7]],
                "multiplicity": 1,
                "charge": 0,
                "units": "angstrom",
            },
            "basis_set": "sto3g",
            "hamiltonian_time": 0.1,
            "mapping_time": 0.1,
            "vqe_time": 0.1,
            "total_time": 0.3,
            "molecule_id": molecule_id,
            "run_id": run_id,
        }
    )
