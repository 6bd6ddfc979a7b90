"""Topics of results, and which version of the contract each carries."""

import re
from types import ModuleType

from quantum_contracts import v1, v2

VERSIONS: dict[str, ModuleType] = {"v1": v1, "v2": v2}
LATEST = "v2"
TOPIC_PREFIX = "vqe_decorated_result_"
TOPIC_BY_VERSION = {version: TOPIC_PREFIX + version for version in VERSIONS}

# Production tables take these topics only; other environments and experiments have topics of their own.
PRODUCTION_TOPIC = re.compile(r"^vqe_decorated_result_v[0-9]+\Z")
