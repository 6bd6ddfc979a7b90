"""What the simulator's Kafka sink puts into a topic, read back byte by byte."""

import json
from pathlib import Path

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from tests.e2e.support_producer import config, destination, headers, result_in, run_ids, simulator, spooled
from tests.e2e.support_results import result

from quantum_contracts.avro_schema import released
from quantum_contracts.conversion import to_version
from quantum_contracts.streaming.keys import decode_key
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_contracts.wire_format import unframe
from quantum_e2e.topics import messages

TOPIC = "vqe_decorated_result_dev_producer_{}"


def with_text(run_id: str, text: str) -> VQEDecoratedResult:
    plain = result(run_id).model_dump()
    plain["vqe_result"]["initial_data"]["ansatz"] = text
    return VQEDecoratedResult.model_validate(plain)


def test_both_versions_are_read_back_to_the_bit(kafka_servers: str, registry_url: str, spool: Path) -> None:
    registry = Registry(RegistrySettings(url=registry_url))
    for version in ("v1", "v2"):
        topic = TOPIC.format(version)
        sink = destination(config(kafka_servers, registry_url, topic), spool)
        sink.prepare([version])
        computed = [result(f"{version}-{number}", molecule_id=number % 3) for number in range(12)]
        places = [sink.deliver(one, version).where for one in computed]
        assert sink.finish() is None
        sink.close()

        found = messages(kafka_servers, topic)
        by_place = {f"{topic}+{one.partition()}+{one.offset():010d}.avro": one for one in found}
        assert len(by_place) == len(computed)
        for one, place in zip(computed, places, strict=True):
            message = by_place[place]
            sent = result_in(message, version)
            assert to_version(sent, version) == to_version(one, version)
            assert sent.vqe_result.optimal_parameters == [1 / 3, 0.7]
            assert registry.schema(unframe(message.value() or b"").schema_id) == released(version)
            key = unframe(message.key() or b"")
            assert registry.schema(key.schema_id) == "int"
            assert decode_key(key.body) == one.molecule_id
            assert headers(message)["contract_version"] == version
            assert headers(message)["software"].startswith("quantum-simulator ")
        assert len({(one.key(), one.partition()) for one in found}) == 3, "a molecule has one partition"
        assert {f"{topic}-key", f"{topic}-value"} <= set(registry.subjects())
    assert spooled(spool) == []
    assert [path for path in spool.rglob("*") if path.is_file()] == []


def test_the_command_delivers_nh3_with_its_whole_history(kafka_servers: str, registry_url: str, tmp_path: Path) -> None:
    topic = TOPIC.format("nh3_v2")
    settings = config(kafka_servers, registry_url, topic, timeout=20)
    lake = str(tmp_path / "lake")
    ended = simulator(settings, "simulate", "H2", "NH3", "--sink", "kafka", "--lake", lake, "--json")
    assert ended.returncode == 0, ended.stderr
    rows = {row["run_id"]: row for row in json.loads(ended.stdout)}
    found = messages(kafka_servers, topic)
    assert {f"{topic}+{one.partition()}+{one.offset():010d}.avro" for one in found} == {
        row["landing_file"] for row in rows.values()
    }
    for message in found:
        sent = result_in(message)
        assert sent.run_id is not None
        assert sent.vqe_result.minimum == rows[sent.run_id]["energy"]
        assert len(sent.vqe_result.iteration_list) == rows[sent.run_id]["iterations"]
    assert not (tmp_path / "lake" / "experiments").exists()


def test_a_scan_a_sweep_and_a_run_deliver_once(kafka_servers: str, registry_url: str, tmp_path: Path) -> None:
    topic = TOPIC.format("commands_v2")
    settings = config(kafka_servers, registry_url, topic, timeout=20)
    file = tmp_path / "few.yaml"
    file.write_text("grid: {molecule: [H2], seed: [0, 1, 2]}\nfixed: {init_strategy: random}\n")
    lake = ["--lake", str(tmp_path / "lake")]
    scan = [*"scan H2 --bond 0 1 --from 0.7 --to 0.8 --points 2 --sink kafka".split(), *lake]
    sweep = ["sweep", str(file), "--sink", "kafka", "--workers", "1", *lake]
    for command in (scan, sweep, sweep):
        ended = simulator(settings, *command)
        assert ended.returncode == 0, ended.stderr
    found = run_ids(kafka_servers, topic)
    assert len(set(found)) == len(found) == 5, "a sweep that is done sends nothing again"
    assert spooled(tmp_path / "lake" / "spool") == []


def test_one_that_is_too_large_is_told_before_it_is_sent_and_can_be_sent_later(
    kafka_servers: str, registry_url: str, spool: Path
) -> None:
    topic = TOPIC.format("limited_v2")
    admin = AdminClient({"bootstrap.servers": kafka_servers})
    limit = 100_000
    admin.create_topics([NewTopic(topic, 1, 1, config={"max.message.bytes": str(limit)})])[topic].result(30)
    settings = config(kafka_servers, registry_url, topic)
    notes: list[str] = []
    sink = destination(settings, spool, notes)
    sink.prepare(["v2"])
    random = "".join(f"{number * 2654435761 % 2**32:08x}" for number in range(60_000))
    deliveries = {
        "packs well": sink.deliver(with_text("packs", "x" * 5 * limit), "v2"),
        "too large": sink.deliver(with_text("large", random * 4), "v2"),
        "small": sink.deliver(result("small"), "v2"),
    }
    assert {name: delivery.delivered for name, delivery in deliveries.items()} == {
        "packs well": True,
        "too large": False,
        "small": True,
    }
    told = sink.finish()
    assert told is not None
    assert "1920" in told
    assert f"{limit} bytes" in told
    assert "raise the topic's max.message.bytes" in told
    sink.close()
    assert sorted(run_ids(kafka_servers, topic)) == ["packs", "small"]
    assert spooled(spool) == ["large"]

    ended = simulator(settings, "replay", "--spool", str(spool))
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1

    raised = AdminClient({"bootstrap.servers": kafka_servers})
    raise_limit(raised, topic, 10_000_000)
    ended = simulator(settings, "replay", "--spool", str(spool))
    assert ended.returncode == 0, ended.stderr
    assert sorted(run_ids(kafka_servers, topic)) == ["large", "packs", "small"]
    assert spooled(spool) == []


def raise_limit(admin: AdminClient, topic: str, size: int) -> None:
    from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported, though not declared so
        AlterConfigOpType,
        ConfigEntry,
        ConfigResource,
        ResourceType,
    )

    entry = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(30)
