import pytest
from hypothesis import HealthCheck, settings

from quantum_contracts import v2

settings.register_profile("unit", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unit")


@pytest.fixture(scope="session")
def result() -> v2.VQEDecoratedResult:
    """A small result with nothing left out."""
    return v2.VQEDecoratedResult(
        vqe_result=v2.VQEResult(
            initial_data=v2.VQEInitialData(
                backend="exact_sector",
                num_qubits=2,
                hamiltonian=[
                    v2.HamiltonianTerm(label="II", coefficients=-1.05 + 0j),
                    v2.HamiltonianTerm(label="XX", coefficients=0.18 + 0j),
                ],
                num_parameters=1,
                initial_parameters=[0.1],
                optimizer="L-BFGS-B",
                ansatz="OPENQASM 3.0;",
                ansatz_reps=1,
                noise_backend="none",
                default_shots=0,
                seed=7,
                ansatz_name="UCCSD",
                init_strategy="mp2",
                mapper="jordan_wigner",
            ),
            iteration_list=[
                v2.VQEProcess(iteration=0, parameters=[0.1], result=-1.1, std=0.0, elapsed=0.001),
                v2.VQEProcess(iteration=1, parameters=[0.7], result=-1.137, std=0.0, elapsed=0.002),
            ],
            minimum=-1.137,
            optimal_parameters=[0.7],
            minimization_time=0.002,
            success=True,
            nfev=2,
            nit=1,
        ),
        molecule=v2.MoleculeInfo(
            symbols=["H", "H"],
            coords=[[0.0, 0.0, 0.0], [0.0, 0.0, 0.74]],
            multiplicity=1,
            charge=0,
            units="angstrom",
            masses=[1.008, 1.008],
        ),
        basis_set="sto3g",
        hamiltonian_time=0.1,
        mapping_time=0.01,
        vqe_time=0.02,
        total_time=0.13,
        molecule_id=1,
        run_id="0f9e2c1a-5a53-4a36-8b4e-0f2f4a3a9d11",
        nuclear_repulsion_energy=0.715,
        hf_energy=-1.117,
        reference_energy=-1.137,
        software={"numpy": "2.4.6"},
    )
