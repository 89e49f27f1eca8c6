"""What an EventBridge target gets of an event: Input, InputPath, InputTransformer.

Sources: Amazon EventBridge User Guide, "Amazon EventBridge input transformation" (read 2026-11);
what becomes of lists, absent values and results that are no JSON, and the member ``detailType``, as
recorded from AWS (localstack's TestInputTransformer, 2024).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MEMBERS = ("version", "id", "detail-type", "source", "account", "time", "region", "resources")
_STEP = re.compile(r"\.([^.\[]+)|\['([^']+)'\]|\[(\d+)\]")
MISSING = object()
PREDEFINED = frozenset(
    f"aws.events.{name}"
    for name in ("rule-arn", "rule-name", "event.ingestion-time", "event", "event.json")
)
_TOKEN = re.compile(r'<([^<>\s"]+)>|\\.|"', re.DOTALL)


def envelope(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as a target sees it: its members in AWS's order, the time to the second."""
    found = {name: event[name] for name in MEMBERS if name in event}
    found["time"] = _time_text(event.get("time"))
    if "replay-name" in event:
        found["replay-name"] = event["replay-name"]
    return {**found, "detail": event.get("detail", {})}


def target_input(target: Mapping[str, Any], event: dict[str, Any], rule: Mapping[str, Any]) -> str:
    """The text that a target gets. ``event`` is an `envelope`; ``rule`` has ``arn``, ``name``.

    Raises ValueError for a template that is JSON and, filled in, is none any more: AWS delivers
    nothing then.
    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        found = _found(event, target["InputPath"])
        return compact(None if found is MISSING else found)
    transformer = target.get("InputTransformer")
    if not transformer:
        return compact(event)
    values = {
        name: _found(event, path) for name, path in (transformer.get("InputPathsMap") or {}).items()
    }
    values |= {
        "aws.events.rule-arn": rule["arn"],
        "aws.events.rule-name": rule["name"],
        "aws.events.event.ingestion-time": rule["ingestion_time"],
        "aws.events.event": {
            "detailType" if name == "detail-type" else name: part
            for name, part in event.items()
            if name != "detail"
        },
        "aws.events.event.json": event,
    }
    return filled(transformer["InputTemplate"], values)


def text_at(event: dict[str, Any], path: str) -> str:
    """What a JSON path leads to in an `envelope`, as text; empty when there is nothing."""
    found = _found(event, path)
    if found is MISSING or found is None:
        return ""
    return found if isinstance(found, str) else compact(found)


def unknown_placeholders(transformer: Mapping[str, Any]) -> list[str]:
    """The placeholders of a template that neither its paths nor EventBridge define."""
    known = PREDEFINED | set(transformer.get("InputPathsMap") or {})
    names = (match[1] for match in _TOKEN.finditer(transformer.get("InputTemplate") or ""))
    return [name for name in names if name is not None and name not in known]


def compact(value: Any) -> str:
    """JSON without white space, as EventBridge writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def filled(template: str, values: Mapping[str, Any]) -> str:
    """A template filled in: within a text a value's own text, elsewhere its JSON.

    In a template that is one text, a list or an object loses its quotation marks. Raises
    ValueError for a template of JSON that is none any more.
    """
    is_text = template.lstrip().startswith('"')
    in_text = False

    def put(match: re.Match[str]) -> str:
        nonlocal in_text
        if match[0] == '"':
            in_text = not in_text
        if match[1] is None:
            return match[0]
        value = values.get(match[1], MISSING)
        if value is MISSING:
            return "" if in_text else '""'
        if not in_text:
            return compact(value)
        if isinstance(value, (dict, list)):
            return compact(value).replace('"', "") if is_text else compact(value)
        text = value if isinstance(value, str) else "" if value is None else compact(value)
        return compact(text)[1:-1]

    text = _TOKEN.sub(put, template)
    if template.lstrip()[:1] in ("{", "["):
        json.loads(text)
    return text


def _found(event: Any, path: str) -> Any:
    """What a JSON path of names and indexes leads to; `MISSING` when there is nothing."""
    found = event
    for dotted, quoted, index in _STEP.findall(path.removeprefix("$")):
        name = dotted or quoted
        if name and isinstance(found, dict):
            found = found.get(name, MISSING)
        elif index and isinstance(found, list) and int(index) < len(found):
            found = found[int(index)]
        else:
            return MISSING
    return found


def _time_text(value: Any) -> str:
    try:
        at = datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError):
        return str(value or "")
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
