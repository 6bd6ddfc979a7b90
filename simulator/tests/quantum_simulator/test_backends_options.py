import pytest
from qiskit_aer import AerSimulator

from quantum_contracts.errors import UsageError
from quantum_simulator.backends import BackendOptions, check_options, supports_gradient
from quantum_simulator.backends.fake_devices import fake_device, is_fake


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"shots": -1}, "shots is -1, it must be 0 (exact expectation values) or more"),
        ({"depolarizing_1q": 1.5}, "depolarizing_1q is 1.5, it must be a probability, 0 to 1"),
        ({"readout_error": float("nan")}, "readout_error is nan, it must be a probability, 0 to 1"),
        ({"device": "tpu"}, "there is no device 'tpu'; allowed: cpu, gpu"),
        ({"resilience_level": 3}, "resilience_level is 3, it must be 0 to 2"),
        ({"optimization_level": 4}, "optimization_level is 4, it must be 0 to 3"),
        ({"noise": "FakeManilaV2", "readout_error": 0.1}, "noise of FakeManilaV2 and error probabilities of your own"),
    ],
)
def test_wrong_options_are_told(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        BackendOptions(**wrong)  # type: ignore[arg-type]
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "options", "num_qubits", "message"),
    [
        ("aer", {"noise": "FakeManilla"}, 4, "there is no fake device 'FakeManilla'; did you mean FakeManilaV2"),
        ("aer", {"noise": "fake_manila"}, 6, "fake_manila has 5 qubits, the circuit needs 6; choose a larger device"),
        (
            "aer",
            {"noise": "FakeTorino"},
            24,
            "noise (FakeTorino) is simulated by a density matrix, which for 24 qubits",
        ),
        ("aer", {"readout_error": 0.1}, 24, "noise (readout_error=0.1) is simulated by a density matrix"),
        ("ibm", {"shots": 100}, 4, "backend ibm needs the name of a device"),
        ("ibm", {"ibm_device": "FakeManilaV2"}, 4, "backend ibm measures and cannot do without shots"),
        ("ibm", {"ibm_device": "FakeManilaV2", "shots": 1}, 6, "fake_manila has 5 qubits, the circuit needs 6"),
    ],
)
def test_what_cannot_be_done_is_told_at_the_start(
    name: str, options: dict[str, object], num_qubits: int, message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        check_options(name, BackendOptions(**options), num_qubits)  # type: ignore[arg-type]
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("exact", BackendOptions()),
        ("aer", BackendOptions(shots=100)),
        ("aer", BackendOptions(noise="FakeManilaV2")),
        ("aer", BackendOptions(depolarizing_1q=0.1, shots=10)),
        ("ibm", BackendOptions(ibm_device="fakemanilav2", shots=10)),
    ],
)
def test_what_can_be_done_is_let_through(name: str, options: BackendOptions) -> None:
    check_options(name, options, num_qubits=4)


def test_a_gpu_is_used_where_aer_sees_one_and_else_told_in_one_line() -> None:
    if "GPU" in AerSimulator().available_devices():
        check_options("aer", BackendOptions(device="gpu"), num_qubits=4)
    else:
        with pytest.raises(UsageError, match=r"--device gpu: Qiskit Aer sees no GPU here, only CPU; .*leave --device"):
            check_options("aer", BackendOptions(device="gpu"), num_qubits=4)


@pytest.mark.parametrize(
    ("options", "noise_backend"),
    [
        (BackendOptions(), "none"),
        (BackendOptions(noise="FakeManilaV2"), "FakeManilaV2"),
        (BackendOptions(ibm_device="ibm_fez", shots=1), "ibm_fez"),
        (BackendOptions(depolarizing_2q=0.01, readout_error=0.02), "depolarizing_2q=0.01,readout_error=0.02"),
    ],
)
def test_the_noise_is_told_in_results(options: BackendOptions, noise_backend: str) -> None:
    assert options.noise_backend == noise_backend


def test_samples_have_no_exact_gradient() -> None:
    assert supports_gradient("exact", BackendOptions())
    assert supports_gradient("aer", BackendOptions(noise="FakeManilaV2"))
    assert not supports_gradient("aer", BackendOptions(shots=1))
    assert not supports_gradient("ibm", BackendOptions(ibm_device="FakeManilaV2", shots=1))


@pytest.mark.parametrize("name", ["FakeManilaV2", "fakemanilav2", "fake_manila", "FAKE_MANILA"])
def test_fake_devices_answer_to_both_their_names(name: str) -> None:
    assert is_fake(name)
    assert fake_device(name).name == "fake_manila"
