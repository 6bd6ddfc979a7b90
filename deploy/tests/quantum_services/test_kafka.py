"""What the broker is told."""

import pytest

from quantum_services.kafka import format_command, new_cluster_id, properties, scram_users
from quantum_services.properties import SettingError


def test_without_settings_it_is_a_broker_that_is_its_own_controller() -> None:
    settings = properties({})
    assert settings["process.roles"] == "broker,controller"
    assert settings["controller.quorum.voters"] == "1@localhost:9093"
    assert settings["advertised.listeners"] == "PLAINTEXT://kafka:9092,EXTERNAL://localhost:9094"
    assert settings["message.max.bytes"] == settings["replica.fetch.max.bytes"] == "67108864"


def test_settings_win_and_the_voter_has_the_node_id() -> None:
    settings = properties({"KAFKA_CFG_NODE_ID": "7", "KAFKA_CFG_NUM_PARTITIONS": "1", "KAFKA_HEAP_OPTS": "-Xmx1g"})
    assert settings["num.partitions"] == "1"
    assert settings["controller.quorum.voters"] == "7@localhost:9093"
    assert properties({"KAFKA_CFG_CONTROLLER_QUORUM_VOTERS": "1@a:1"})["controller.quorum.voters"] == "1@a:1"


def test_scram_users() -> None:
    assert scram_users("") == {}
    assert scram_users("anna:secret,ben:with:colon") == {"anna": "secret", "ben": "with:colon"}


@pytest.mark.parametrize("text", ["anna", "anna:", ":secret", 'anna:"', "anna:a]", "anna:a=b", "anna:a\nb"])
def test_scram_users_that_the_tool_would_take_for_more_are_refused_and_not_told(text: str) -> None:
    with pytest.raises(SettingError) as refused:
        scram_users(text)
    assert text not in str(refused.value)


def test_storage_is_formatted_with_all_mechanisms_of_a_user() -> None:
    command = format_command({"KAFKA_CLUSTER_ID": "an-id"}, {"anna": "secret"})
    arguments = command[command.index("format") :]
    assert arguments[3:5] == ["--cluster-id", "an-id"]
    assert arguments[5:] == [
        "--add-scram",
        "SCRAM-SHA-256=[name=anna,password=secret]",
        "--add-scram",
        "SCRAM-SHA-512=[name=anna,password=secret]",
    ]


def test_a_new_cluster_id_is_no_option() -> None:
    ids = {new_cluster_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(len(text) == 22 and not text.startswith("-") for text in ids)
