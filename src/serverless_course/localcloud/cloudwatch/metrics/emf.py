"""The embedded metric format: metrics that stand in log events.

Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format" (read 2026-11): the
message is one JSON object and nothing else; ``_aws.CloudWatchMetrics`` says which of its members
are metrics and dimensions; a metric's value is a number or up to 100 of them; at most 100 metrics
and 30 dimensions in a set; dimension values are texts of 1 to 1,024 characters. What does not fit
gives no metrics, and counts in ``AWS/Logs``: EMFParsingErrors for what is no JSON,
EMFValidationErrors for what breaks the specification (CloudWatch Logs User Guide, "Monitoring
usage with CloudWatch metrics").

Not documented, and done here: a directive with a fault gives none of its metrics, the others of
the document give theirs; a metric whose member is absent is a fault; numbers and booleans as
dimension values are taken as their text, as on AWS (public reports); a Timestamp may lie where
PutMetricData's may, from two weeks before the event to two hours after it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from .metric import NO_UNIT, MetricId

MAX_METRICS = 100
MAX_VALUES = 100
MAX_DIMENSIONS = 30
MAX_DIMENSION_CHARACTERS = 1024
OLDEST_MS = 14 * 86_400_000
NEWEST_MS = 2 * 3_600_000
UNITS = frozenset(
    ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", NO_UNIT]
    + [f"{size}{rate}" for size in ("Bytes", "Bits") for rate in ("", "/Second")]
    + [
        f"{prefix}{size}{rate}"
        for prefix in ("Kilo", "Mega", "Giga", "Tera")
        for size in ("bytes", "bits")
        for rate in ("", "/Second")
    ]
)
_MARK = '"CloudWatchMetrics"'


class _Invalid(ValueError):
    """A document breaks the specification."""


@dataclass(frozen=True)
class Datum:
    """Values of one metric. ``at``: seconds since the epoch."""

    metric: MetricId
    at: float
    values: tuple[float, ...]
    unit: str = NO_UNIT
    high_resolution: bool = False


@dataclass
class Extract:
    """What a log event says: metrics, and how often it is wrong."""

    data: list[Datum] = field(default_factory=list)
    parsing_errors: int = 0
    validation_errors: int = 0


def extract(message: str, at_ms: int) -> Extract | None:
    """The metrics in a log event's message; None when it has none to look for.

    ``at_ms``: the event's time, for documents without a Timestamp of their own.
    """
    if _MARK not in message or '"_aws"' not in message:
        return None
    found = Extract()
    try:
        document = json.loads(message)
    except (ValueError, RecursionError):
        if message.lstrip().startswith("{"):
            found.parsing_errors = 1
            return found
        return None
    if not isinstance(document, dict) or not isinstance(document.get("_aws"), dict):
        return None
    about = document["_aws"]
    directives = about.get("CloudWatchMetrics")
    stamp = about.get("Timestamp", at_ms)
    if not isinstance(directives, list) or not _is_number(stamp) or _is_far(stamp - at_ms):
        found.validation_errors = 1
        return found
    for directive in directives:
        try:
            found.data += _of_directive(directive, document, stamp / 1000)
        except _Invalid:
            found.validation_errors += 1
    return found


def _is_far(from_event_ms: float) -> bool:
    return not -OLDEST_MS <= from_event_ms <= NEWEST_MS


def _of_directive(directive: Any, document: dict[str, Any], at: float) -> list[Datum]:
    if not isinstance(directive, dict):
        raise _Invalid
    namespace = directive.get("Namespace")
    sets = directive.get("Dimensions", [[]])
    metrics = directive.get("Metrics", [])
    if not isinstance(namespace, str) or not 1 <= len(namespace) <= MAX_DIMENSION_CHARACTERS:
        raise _Invalid
    if not isinstance(metrics, list) or len(metrics) > MAX_METRICS:
        raise _Invalid
    if not isinstance(sets, list) or not all(isinstance(each, list) for each in sets):
        raise _Invalid
    dimension_sets = [_dimensions(each, document) for each in sets]
    return [
        datum
        for definition in metrics
        for datum in _of_metric(definition, document, namespace, dimension_sets, at)
    ]


def _dimensions(names: list[Any], document: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    if len(names) > MAX_DIMENSIONS:
        raise _Invalid
    found = []
    for name in names:
        value = document.get(name) if isinstance(name, str) else None
        if isinstance(value, bool) or _is_number(value):
            value = json.dumps(value)
        if not isinstance(value, str) or not 1 <= len(value) <= MAX_DIMENSION_CHARACTERS:
            raise _Invalid
        found.append((str(name), value))
    return tuple(sorted(found))


def _of_metric(
    definition: Any,
    document: dict[str, Any],
    namespace: str,
    dimension_sets: list[tuple[tuple[str, str], ...]],
    at: float,
) -> list[Datum]:
    if not isinstance(definition, dict) or not isinstance(definition.get("Name"), str):
        raise _Invalid
    name = definition["Name"]
    given = document.get(name)
    values: list[Any] = given if isinstance(given, list) else [given]
    unit = definition.get("Unit", NO_UNIT)
    resolution = definition.get("StorageResolution", 60)
    if not 1 <= len(values) <= MAX_VALUES or not all(_is_number(each) for each in values):
        raise _Invalid
    if not isinstance(unit, str) or unit not in UNITS or resolution not in (1, 60):
        raise _Invalid
    return [
        Datum(
            MetricId(namespace, name, dimensions),
            at,
            tuple(float(each) for each in values),
            unit,
            resolution == 1,
        )
        for dimensions in dimension_sets
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
