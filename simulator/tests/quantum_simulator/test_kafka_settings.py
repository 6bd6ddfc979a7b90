from pathlib import Path

import pytest
from pydantic import ValidationError

from quantum_contracts.command_line import run_one
from quantum_contracts.streaming.security import SecurityConfig
from quantum_simulator.commands import Simulate
from quantum_simulator.sinks.kafka_settings import ProducerConfig
from quantum_simulator.sweep.command import Sweep


def test_the_defaults_are_the_specifications() -> None:
    defaults = ProducerConfig()
    assert defaults.model_dump(include={"retries", "retry_delay", "kafka_retries", "acks", "timeout"}) == {
        "retries": 3,
        "retry_delay": 2,
        "kafka_retries": 5,
        "acks": "all",
        "timeout": 10,
    }
    assert (defaults.servers, defaults.topic, defaults.security) == ("localhost:9094", None, SecurityConfig())


def test_flag_before_environment_before_file_before_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quantum-pipeline.toml").write_text('[kafka]\nretries = 7\ntimeout = 5\nservers = "file:1"\n')
    monkeypatch.setenv("QUANTUM_PIPELINE_KAFKA__SERVERS", "environment:1")
    monkeypatch.setenv("QUANTUM_PIPELINE_KAFKA__TIMEOUT", "6")
    monkeypatch.setenv("QUANTUM_PIPELINE_KAFKA__REGISTRY__URL", "http://registry:1")
    taken: list[ProducerConfig] = []

    def take(command: Simulate) -> int:
        taken.append(command.kafka)
        return 0

    monkeypatch.setattr(Simulate, "execute", take)
    assert run_one("simulate", Simulate, ["H2", "--kafka.servers", "flag:1,other:2"]) == 0
    [config] = taken
    assert (config.servers, config.timeout, config.retries) == ("flag:1,other:2", 6, 7)
    assert (config.registry.url, config.kafka_retries) == ("http://registry:1", 5)


@pytest.mark.parametrize("acks", ["all", "-1", -1])
def test_all_replicas_may_be_written_as_kafka_does(acks: object) -> None:
    assert ProducerConfig.model_validate({"acks": acks}).acks == "all"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--kafka.acks", "1"], "kafka.acks: it should be 'all': an idempotent producer waits for every in-sync"),
        (["--kafka.retries", "-1"], "kafka.retries: it should be greater than or equal to 0"),
        (["--kafka.kafka-retries", "0"], "kafka.kafka-retries: it should be greater than or equal to 1"),
        (["--kafka.timeout", "0"], "kafka.timeout: it should be greater than or equal to 0.1"),
        (["--kafka.servers", "localhost"], "kafka.servers: it should be host:port"),
        (["--kafka.servers", "a:1,b:99999"], "kafka.servers: it should be host:port"),
        (["--kafka.topic", "a b"], "kafka.topic: it should have letters, digits"),
        (["--kafka.compression", "rar"], "kafka.compression: it should be 'none', 'gzip', 'snappy', 'lz4' or 'zstd'"),
        (["--kafka.security.protocol", "SASL_SSL"], "needs sasl_mechanism"),
        (["--kafka.servrs", "a:1"], "did you mean --kafka.servers?"),
        (
            ["--sink", "kafka", "--kafka.topic", "results"],
            "the topic 'results' ends in no version; allowed: …_v1, …_v2",
        ),
        (["--sink", "kafka", "--kafka.topic", "mine_v1"], "the topic 'mine_v1' carries v1, and results are of v2"),
    ],
)
def test_wrong_values_are_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_one("simulate", Simulate, ["H2", *arguments]) == 2
    errors = capsys.readouterr().err
    assert told in errors
    assert len(errors.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_key_in_the_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quantum-pipeline.toml").write_text('[kafka]\nserver = "file:1"\n')
    with pytest.raises(ValidationError, match=r"kafka\.server"):
        Simulate()


def test_a_password_is_told_nowhere() -> None:
    security = {"protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_username": "me", "sasl_password": "geheim"}
    config = ProducerConfig.model_validate({"security": security})
    assert "geheim" not in repr(config) + config.model_dump_json()


def test_the_word_kafka_chooses_the_sink() -> None:
    assert Simulate.written_out(["H2", "--kafka", "LiH"]) == ["H2", "--sink", "kafka", "LiH"]
    assert Sweep.written_out(["--kafka", "--kafka.servers", "a:1"]) == ["--sink", "kafka", "--kafka.servers", "a:1"]
