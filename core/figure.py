"""A number with its interval, as every stored file holds it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Figure(BaseModel):
    """A value with its 95 % interval; None where not defined or not estimable."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: float | None
    ci_low: float | None
    ci_high: float | None

    @property
    def beyond(self) -> bool:
        """Whether the value lies outside its interval.

        A calibration error may: patients drawn twice look alike, which moves every bin further
        from its mean, so that the error of a resample is larger.
        """
        if self.value is None or self.ci_low is None or self.ci_high is None:
            return False
        return not self.ci_low <= self.value <= self.ci_high
