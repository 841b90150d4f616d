"""What every part of the case has in common."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

YesNoUnknown = Literal["yes", "no", "unknown"]


class Part(BaseModel):
    """Base of every part of the case: unknown members are refused, nothing is coerced."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )
