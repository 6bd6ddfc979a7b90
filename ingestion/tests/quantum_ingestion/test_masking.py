import pytest

from quantum_ingestion.masking import MASK, masked, shown


@pytest.mark.parametrize(
    "name",
    [
        "aws.secret.access.key",
        "s3.secret.access.key",
        "value.converter.basic.auth.user.info",
        "consumer.override.sasl.jaas.config",
        "s3.proxy.password",
        "consumer.override.ssl.keystore.password",
    ],
)
def test_secrets_are_masked_and_references_are_not(name: str) -> None:
    assert shown(name, "admin123") == MASK
    assert shown(name, "${env:NAME}") == "${env:NAME}"
    assert shown(name, "${env:NAME}admin123") == MASK


def test_the_rest_is_shown() -> None:
    config = {"flush.size": "1", "aws.access.key.id": "admin", "aws.secret.access.key": "admin123"}
    assert masked(config) == config | {"aws.secret.access.key": MASK}
