"""Metric filters: log events that match a pattern become values of a metric.

Source: Amazon CloudWatch Logs User Guide, "Creating metrics from log events using filters", and
API reference, MetricTransformation (read 2026-11): the value is a number or a field, ``$.latency``;
up to three dimensions, each a field of the event; with a default value and no dimensions, events
that do not match count as that. An event without a number, or without a dimension's field, counts
for nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .emf import Datum
from .metric import NO_UNIT, MetricId

MAX_DIMENSIONS = 3
_STEP = re.compile(r"\.([^.\[\]]+)|\[\"?([^\"\]]+)\"?\]")
_MISSING = object()


@dataclass(frozen=True)
class MetricFilter:
    """``matches`` tells whether a message does; ``dimensions`` are fields by their names."""

    matches: Callable[[str], bool]
    namespace: str
    name: str
    value: str
    default: float | None
    dimensions: Mapping[str, str]
    unit: str = NO_UNIT

    def value_of(self, message: str, at: float) -> Datum | None:
        """What an event counts as, or None. ``at``: seconds since the epoch."""
        if not self.matches(message):
            return self._datum(self.default, (), at) if self.default is not None else None
        value = _number(_field(message, self.value) if self.value[:1] == "$" else self.value)
        found = []
        for name, path in self.dimensions.items():
            part = _field(message, path)
            if part is _MISSING or isinstance(part, dict | list) or part in (None, ""):
                return None
            found.append((name, part if isinstance(part, str) else json.dumps(part)))
        return None if value is None else self._datum(value, tuple(sorted(found)), at)

    def _datum(self, value: float, dimensions: tuple[tuple[str, str], ...], at: float) -> Datum:
        return Datum(MetricId(self.namespace, self.name, dimensions), at, (value,), self.unit)


def read_filter(transformation: Mapping[str, Any], matches: Callable[[str], bool]) -> MetricFilter:
    """A filter from its one MetricTransformation. Raises ValueError for what is not offered."""
    value = str(transformation["metricValue"])
    dimensions = dict(transformation.get("dimensions") or {})
    default = transformation.get("defaultValue")
    if value[:1] == "$" and value[:2] not in ("$.", "$["):
        raise ValueError("Values of space-delimited fields are not offered by the embedded cloud.")
    if value[:1] != "$" and _number(value) is None:
        raise ValueError(f"Invalid metric transformation: {value} is neither number nor field.")
    if len(dimensions) > MAX_DIMENSIONS:
        raise ValueError(f"Invalid metric transformation: more than {MAX_DIMENSIONS} dimensions.")
    if dimensions and default is not None:
        raise ValueError("Invalid metric transformation: dimensions go without a default value.")
    return MetricFilter(
        matches,
        str(transformation["metricNamespace"]),
        str(transformation["metricName"]),
        value,
        None if default is None else float(default),
        dimensions,
        str(transformation.get("unit") or NO_UNIT),
    )


def _field(message: str, path: str) -> Any:
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return _MISSING
    for name, index in _STEP.findall(path.removeprefix("$")):
        key = name or index
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            return _MISSING
    return found


def _number(value: Any) -> float | None:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
