"""Where Kafka's clients log to: nowhere, for what goes wrong comes as an error, and is told once."""

import logging

SILENT = logging.getLogger("quantum_ingestion.kafka")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False
