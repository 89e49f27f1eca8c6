"""One call of X-Ray's API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .refusals import invalid

if TYPE_CHECKING:
    from .region import Region
    from .sampler import Sampler


@dataclass(frozen=True)
class Call:
    """The parameters of a call, and what it is about."""

    region: Region
    sampler: Sampler
    parameters: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default when it was left out."""
        return self.parameters.get(name, default)

    def range(self) -> tuple[float, float]:
        """StartTime and EndTime in epoch seconds. Raises `ServiceError` when they are the wrong
        way round."""
        start, end = float(self["StartTime"]), float(self["EndTime"])
        if start > end:
            raise invalid("StartTime cannot be later than EndTime.")
        return start, end
