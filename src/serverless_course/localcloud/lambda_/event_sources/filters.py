"""Event filtering: which records of a queue or stream the function gets to see.

Source: Lambda Developer Guide, "Control which events Lambda sends to your function" and its
pages for SQS, Kinesis and DynamoDB (read 2026-11). Everything here is pure.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from ...events.dialects import LAMBDA
from ...events.event_patterns import (
    EventPattern,
    InvalidEventPattern,
    compile_event_pattern,
    read_json,
)

__all__ = ["MAX_FILTERS", "Filters", "InvalidEventPattern"]
# By default five filters; up to ten after a quota increase (Lambda quotas, read 2026-11).
MAX_FILTERS = 10
# The field of a record that holds what its sender put there.
DATA_KEYS = {"sqs": "body", "kinesis": "data", "dynamodb": "dynamodb"}


@dataclass(frozen=True)
class Filters:
    """The filters of one mapping: a record that satisfies any of them goes to the function.

    ``service`` is ``sqs``, ``kinesis`` or ``dynamodb``.
    """

    service: str
    patterns: tuple[EventPattern, ...] = ()

    @classmethod
    def of(cls, service: str, criteria: dict[str, Any] | None) -> Filters:
        """The filters in a FilterCriteria. Raises `InvalidEventPattern`."""
        found = (criteria or {}).get("Filters") or []
        patterns = tuple(compile_event_pattern(each.get("Pattern") or "", LAMBDA) for each in found)
        if service != "sqs":
            for pattern in patterns:
                _check_data_is_json(pattern, DATA_KEYS[service])
        return cls(service, patterns)

    def keep(self, record: dict[str, Any]) -> bool:
        """Whether the function gets a record, given as it stands in the event."""
        if not self.patterns:
            return True
        view, is_json = _VIEWS[self.service](record)
        key = DATA_KEYS[self.service]
        return any(
            all(
                _agree(part.get(key), is_json) and EventPattern(part, LAMBDA).finds(view)
                for part in parts
            )
            for pattern in self.patterns
            for parts in pattern.alternatives()
        )


def _agree(wanted: Any, is_json: bool) -> bool:
    """Whether the data's format is the one that the pattern expects.

    A pattern for JSON is an object, one for a plain string is an array of rules.
    """
    return wanted is None or isinstance(wanted, dict) is is_json


def _view(record: dict[str, Any]) -> dict[str, Any]:
    """The record as JSON, so that numbers are compared as they would be written."""
    return dict(read_json(json.dumps(record)))


def _sqs_view(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    view = _view(record)
    parsed = _parsed(record["body"])
    return (view, False) if parsed is None else (view | {"body": parsed}, True)


def _kinesis_view(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Kinesis patterns name the fields inside ``kinesis`` directly, beside ``data``."""
    view = _view(record)
    view |= view.pop("kinesis")
    parsed = _parsed(base64.b64decode(record["kinesis"]["data"]))
    return (view, False) if parsed is None else (view | {"data": parsed}, True)


def _dynamodb_view(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    return _view(record), True


def _parsed(data: str | bytes) -> Any:
    """A JSON object or array; None for everything else, which counts as a plain string.

    The guide does not say how it takes a body that is one JSON number or string: here as plain.
    """
    try:
        value = read_json(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def _check_data_is_json(pattern: EventPattern, key: str) -> None:
    for parts in pattern.alternatives():
        if any(isinstance(part.get(key), list) for part in parts):
            raise InvalidEventPattern(f"The pattern for '{key}' must be an object.")


_VIEWS = {"sqs": _sqs_view, "kinesis": _kinesis_view, "dynamodb": _dynamodb_view}
