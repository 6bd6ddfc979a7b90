"""What a person may choose about the processing of a lake."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class FeaturesSettings(BaseModel):
    """How a batch is made."""

    model_config = ConfigDict(frozen=True)

    retry_quarantined: bool = Field(default=False, description="read the files again that were set aside")
    full_scan: bool = Field(
        default=False, description="compare all landing files with the ledger, not only those after the last known"
    )
    memory_mib: Annotated[int, Field(ge=64)] = Field(
        default=256, description="rows held in memory before they are written, MiB; more makes fewer, larger files"
    )
    tag_retention_days: Annotated[int, Field(ge=1)] = Field(
        default=400, description="days after which a batch's tag may expire"
    )
