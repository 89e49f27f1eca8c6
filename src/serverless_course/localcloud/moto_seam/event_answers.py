"""EventBridge's answers and refusals about rules, targets, buses, tags and events put.

Source: as recorded from AWS (localstack's ``test_events`` and ``test_events_tags``, 2024 to 2026);
API Reference, PutEvents and PutTargets (read 2026-11): five targets of a rule, entries of less than
1 MB in all. moto 5.2.5 checks none of it.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from ..wire.errors import ServiceError
from .watchers import wrap

MOST_TARGETS = 5
MOST_BYTES = 1024 * 1024
TIME_BYTES = 14
OF_AWS = "aws."
NEEDED = ("Source", "DetailType", "Detail")
# By moto's operation: what its store of tags calls it.
TAGGING = {
    "list_tags_for_resource": "list_tags_for_resource",
    "tag_resource": "tag_resource",
    "untag_resource": "untag_resource_using_names",
}
NOT_DONE = ("EventSourceName", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig")
NOT_FOUND = "ResourceNotFoundException"


def install() -> None:
    """Put them into moto. Once for a process is enough."""
    from moto.events.models import EventsBackend  # noqa: PLC0415 - moto loads late
    from moto.events.responses import EventsHandler  # noqa: PLC0415
    from moto.events.utils import PAGINATION_MODEL  # noqa: PLC0415

    # moto goes on from a target's ARN, and several targets may have the same.
    PAGINATION_MODEL["list_targets_by_rule"]["unique_attribute"] = "Id"
    for name in ("describe_rule", "enable_rule", "disable_rule", "list_targets_by_rule"):
        wrap(EventsBackend, name, _of_known_rule)
    for name, tagging in TAGGING.items():
        wrap(EventsBackend, name, _of_known_resource(tagging))
    wrap(EventsBackend, "delete_event_bus", _delete_event_bus)
    wrap(EventsHandler, "create_event_bus", _create_event_bus)
    wrap(EventsHandler, "list_event_buses", _list_event_buses)
    wrap(EventsHandler, "put_events", _put_events)


def refuse_too_many(backend: Any, name: str, bus: str, targets: list[dict[str, Any]]) -> None:
    """Refuse targets with which a rule would have more than five. Raises `ServiceError`."""
    rule = _rule(backend, name, bus)
    ids = {each["Id"] for each in [*(rule.targets if rule is not None else []), *targets]}
    if len(ids) > MOST_TARGETS:
        raise ServiceError(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        )


def _rule(backend: Any, name: str, bus: str) -> Any:
    found = backend.event_buses.get(bus)
    return None if found is None else found.rules.get(name)


def _no_rule(name: str, bus: str) -> ServiceError:
    return ServiceError(NOT_FOUND, f"Rule {name} does not exist on EventBus {bus}.")


def _of_known_rule(original: Any, backend: Any, *given: Any, **named: Any) -> Any:
    name, bus_arn = [*given, *(named.get(each) for each in ("name", "event_bus_arn"))][:2]
    bus = str(bus_arn or "default").rpartition("/")[2]
    if bus in backend.event_buses and _rule(backend, name, bus) is None:
        raise _no_rule(name, bus)
    return original(backend, *given, **named)


def _of_known_resource(tagging: str) -> Any:
    """What reads or changes the tags of a rule or bus by its ARN: moto takes the last name."""

    def answer(original: Any, backend: Any, arn: str, *given: Any, **named: Any) -> Any:
        kind, _, path = arn.rpartition(":")[2].partition("/")
        bus, _, name = path.rpartition("/")
        if kind == "event-bus" and path not in backend.event_buses:
            raise ServiceError(NOT_FOUND, f"Event bus {path} does not exist.")
        if kind == "rule" and _rule(backend, name, bus or "default") is None:
            raise _no_rule(name, bus or "default")
        if kind not in ("event-bus", "rule"):
            return original(backend, arn, *given, **named)
        change = getattr(backend.tagger, tagging)
        if tagging == "tag_resource":
            (tags,) = [*given, *named.values()]
            return change(arn, backend.tagger.convert_dict_to_tags_input(tags))
        return change(arn, *given, *named.values())

    answer.__qualname__ = f"_of_known_resource.{tagging}"
    return answer


def _delete_event_bus(original: Any, backend: Any, name: str) -> None:
    """Words: public error reports of stacks that could not be deleted (2024, 2025)."""
    bus = backend.event_buses.get(name)
    if name != "default" and bus is not None and any(not r.managed_by for r in bus.rules.values()):
        raise ServiceError("ValidationException", "EventBus can't be deleted since it has rules.")
    original(backend, name)


def _create_event_bus(original: Any, handler: Any) -> Any:
    for name in NOT_DONE:
        if handler._get_param(name):
            text = f"The embedded cloud does not offer {name} of CreateEventBus. Leave it out."
            raise ServiceError("NotImplemented", text, 501)
    text, headers = original(handler)
    description = handler._get_param("Description")
    told = json.loads(text) | ({"Description": description} if description else {})
    return json.dumps(told), headers


def _list_event_buses(original: Any, handler: Any) -> Any:
    text, headers = original(handler)
    told = json.loads(text)
    for each in told["EventBuses"]:
        bus = handler.events_backend.event_buses[each["Name"]]
        each |= {"CreationTime": bus.creation_time, "LastModifiedTime": bus.last_modified_time}
        if bus.description:
            each["Description"] = bus.description
    return json.dumps({name: each for name, each in told.items() if each is not None}), headers


def _put_events(_: Any, handler: Any) -> str:
    entries = handler._get_param("Entries") or []
    if sum(map(_size, entries)) >= MOST_BYTES:
        text = "Total size of the entries in the request is over the limit."
        raise ServiceError("ValidationException", text)
    backend = handler.events_backend
    answers = [_put(backend, entry) for entry in entries]
    failed = sum("ErrorCode" in each for each in answers)
    return json.dumps({"FailedEntryCount": failed, "Entries": answers})


def _put(backend: Any, entry: dict[str, Any]) -> dict[str, str]:
    """The answer for one entry. An event for a bus that is not there gets an id and is dropped."""
    if str(entry.get("Source") or "").startswith(OF_AWS):
        text = "Not authorized for the source."
        return {"ErrorCode": "NotAuthorizedForSource", "ErrorMessage": text}
    if not _is_object(entry.get("Detail") or "{}"):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    bus = str(entry.get("EventBusName") or "default").rpartition("/")[2]
    if bus not in backend.event_buses and all(entry.get(name) for name in NEEDED):
        return {"EventId": str(uuid.uuid4())}
    answer: dict[str, str] = backend.put_events([entry])[0]
    return answer


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _size(entry: dict[str, Any]) -> int:
    """User Guide, "Calculating PutEvents event entry size" (read 2026-11): bytes of the members."""
    parts = [entry.get(name) or "" for name in ("Source", "DetailType", "Detail")]
    texts = [*parts, *(entry.get("Resources") or [])]
    return TIME_BYTES * ("Time" in entry) + sum(len(str(each).encode()) for each in texts)
