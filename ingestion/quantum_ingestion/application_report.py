"""What applying a connector did, or would do, in lines and in JSON."""

from typing import Any

from quantum_ingestion.application import Applied, Plan
from quantum_ingestion.masking import masked
from quantum_ingestion.running import describe


def applied_line(planned: Plan, applied: Applied | None) -> str:
    """Tell in one line what became of the connector."""
    name = planned.connector.name
    if applied is None:
        verdict = (
            "would be created" if planned.is_new else "would be changed" if planned.differs else "is as it should be"
        )
        return f"{name}: {verdict}"
    done = "created" if planned.is_new else "changed" if planned.differs else "unchanged"
    return f"{name}: {done}" + (f", {describe(applied.status)}" if applied.status else "")


def applied_json(planned: Plan, applied: Applied | None) -> dict[str, Any]:
    """Tell everything for machines, secrets masked."""
    return {
        "name": planned.connector.name,
        "created": planned.is_new,
        "changed": planned.differs,
        "applied": applied is not None,
        "changes": [str(change) for change in planned.changes],
        "notes": list(planned.notes),
        "config": masked(planned.connector.config),
        "runs": applied.status.runs if applied and applied.status else None,
    }
