"""Event patterns in moto's EventBridge: rules, archives and TestEventPattern use our matcher.

moto does not answer TestEventPattern, takes patterns that AWS refuses, and does not look into
arrays of objects (recorded from AWS, localstack's tests of EventBridge, 2024). The members that an
event to be tested needs: API Reference, TestEventPattern (read 2026-11), without ``resources``,
which AWS does not ask for (recorded: minimal).
"""

from __future__ import annotations

import json
from typing import Any

from ..events.event_patterns import EventPattern, compile_event_pattern, read_json
from ..events.rule_checks import InvalidEventPattern
from .seam import replace

NEEDED = {"id", "account", "source", "time", "region", "detail-type"}


def install() -> None:
    """Put the matcher into moto. Once for a process is enough."""
    from moto.events import models  # noqa: PLC0415 - moto loads late
    from moto.events.responses import EventsHandler  # noqa: PLC0415

    replace(models.EventPattern, "matches_event", lambda _: _matches_event)
    replace(models.EventPatternParser, "parse", lambda _: _parse)
    replace(EventsHandler, "test_event_pattern", lambda _: _test_event_pattern)


def _matches_event(pattern: Any, event: dict[str, Any]) -> bool:
    if not pattern.get_pattern():
        return True
    compiled = pattern.__dict__.get("compiled")
    if compiled is None:
        compiled = pattern.__dict__["compiled"] = compile_event_pattern(pattern.dump())
    return bool(compiled.matches(json.dumps(event)))


def _parse(parser: Any) -> dict[str, Any]:
    if not parser.pattern:
        return {}
    _compiled(parser.pattern)
    found: dict[str, Any] = json.loads(parser.pattern)
    return found


def _test_event_pattern(handler: Any) -> str:
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415 - moto loads late

    pattern = _compiled(handler._get_param("EventPattern") or "")
    try:
        event = read_json(handler._get_param("Event") or "")
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict) or not event.keys() >= NEEDED:
        raise JsonRESTError("ValidationException", "Parameter Event is not valid.")
    return json.dumps({"Result": pattern.finds(event)})


def _compiled(text: str) -> EventPattern:
    from moto.events.exceptions import InvalidEventPatternException  # noqa: PLC0415

    try:
        return compile_event_pattern(text)
    except InvalidEventPattern as error:
        raise InvalidEventPatternException(reason=str(error)) from error
