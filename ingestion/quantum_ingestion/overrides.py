"""Settings that a person gave, put into a connector's configuration."""

from collections.abc import Iterator, Mapping

from quantum_ingestion.change import Change, set_to
from quantum_ingestion.properties import REGISTRY_PROPERTIES
from quantum_ingestion.settings import IngestionSettings

_PROPERTIES = {
    "tasks_max": ("tasks.max",),
    "flush_size": ("flush.size",),
    "topics_regex": ("topics.regex",),
    "landing_bucket": ("s3.bucket.name",),
    "landing_prefix": ("topics.dir",),
    "store_region": ("s3.region",),
    "worker_store_url": ("store.url",),
    "worker_registry_url": REGISTRY_PROPERTIES,
}


def overrides(config: Mapping[str, str], settings: IngestionSettings) -> Iterator[Change]:
    """Give the changes that the settings ask for; none where a property has the value already."""
    for field, properties in _PROPERTIES.items():
        wanted = getattr(settings, field)
        if wanted is None:
            continue
        for name in properties:
            if config.get(name) != str(wanted):
                yield set_to(config, name, str(wanted), f"--{field.replace('_', '-')}")
