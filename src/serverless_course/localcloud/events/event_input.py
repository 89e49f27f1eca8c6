"""What an EventBridge target gets of an event: Input, InputPath, InputTransformer.

Source: Amazon EventBridge User Guide, "Amazon EventBridge input transformation" (read 2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MEMBERS = ("version", "id", "detail-type", "source", "account", "time", "region", "resources")
_STEP = re.compile(r"\.([^.\[]+)|\['([^']+)'\]|\[(\d+)\]")
_TOKEN = re.compile(r'<([^<>\s"]+)>|\\.|"', re.DOTALL)


def envelope(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as a target sees it: its members in AWS's order, the time to the second."""
    found = {name: event[name] for name in MEMBERS if name in event}
    found["time"] = _time_text(event.get("time"))
    if "replay-name" in event:
        found["replay-name"] = event["replay-name"]
    return {**found, "detail": event.get("detail", {})}


def target_input(target: Mapping[str, Any], event: dict[str, Any], rule: Mapping[str, Any]) -> str:
    """The text that a target gets. ``event`` is an `envelope`; ``rule`` has ``arn``, ``name``."""
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_found(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    values = {
        name: _found(event, path) for name, path in (transformer.get("InputPathsMap") or {}).items()
    }
    values |= {
        "aws.events.rule-arn": rule["arn"],
        "aws.events.rule-name": rule["name"],
        "aws.events.event.ingestion-time": rule["ingestion_time"],
        "aws.events.event": {name: part for name, part in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    return _filled(transformer["InputTemplate"], values)


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """A template filled in: within a text a value's own text, elsewhere its JSON."""
    in_text = False

    def put(match: re.Match[str]) -> str:
        nonlocal in_text
        if match[0] == '"':
            in_text = not in_text
        if match[1] is None:
            return match[0]
        value = values.get(match[1])
        if not in_text:
            return json.dumps(value)
        text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
        return json.dumps(text)[1:-1]

    return _TOKEN.sub(put, template)


def _found(event: Any, path: str) -> Any:
    """What a JSON path of names and indexes leads to; None when there is nothing."""
    found = event
    for dotted, quoted, index in _STEP.findall(path.removeprefix("$")):
        name = dotted or quoted
        if name and isinstance(found, dict):
            found = found.get(name)
        elif index and isinstance(found, list) and int(index) < len(found):
            found = found[int(index)]
        else:
            return None
    return found


def _time_text(value: Any) -> str:
    try:
        at = datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError):
        return str(value or "")
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
