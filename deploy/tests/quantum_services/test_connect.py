"""What the worker is told."""

from quantum_services.connect import properties


def test_settings_win_over_defaults_and_connectors_secrets_are_no_settings() -> None:
    settings = properties({"CONNECT_BOOTSTRAP_SERVERS": "other:9092", "S3_SECRET_KEY": "secret"})
    assert settings["bootstrap.servers"] == "other:9092"
    assert settings["config.providers"] == "env"
    assert "secret" not in settings.values()
