"""Event source mappings: create, read, change, delete. What they do is in `pollers`.

Source: Lambda API reference (read 2026-11). Members, defaults and states as AWS was recorded to
send them: a mapping of a queue has fewer members than one of a stream, and another reason.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from ...wire.errors import ServiceError
from ..registry import Found, Region
from . import mapping_rules as rules
from .call import Call
from .functions import parse_function_arn
from .paging import page
from .plane import ControlPlane, Operation

# A list shows so many at most, whatever was asked for (API reference, MaxItems).
MOST_LISTED = 100
STEADY = ("Enabled", "Disabled")


def create_event_source_mapping(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """CreateEventSourceMapping: a new mapping, Creating at first."""
    rules.check_given(service := _service(call), call.get("EventSourceArn", ""), call.parameters)
    arn = call["EventSourceArn"]
    if service != "sqs" and not call.get("StartingPosition"):
        raise rules.refused(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null."
        )
    region = plane.registry.region(call.region)
    found = _function(plane, call)
    mapping = _new(plane, call, service, found)
    rules.check_settings(service, arn, mapping)
    _check_no_other(region, service, arn, found)
    _check_ends(plane, call.region, service, mapping, found)
    region.mappings[mapping["UUID"]] = mapping
    region.mapping_numbers[mapping["UUID"]] = len(region.mapping_numbers)
    if mapping["State"] == "Creating":
        plane.finish_later(
            lambda: _end_passing_state(plane, region, mapping, "Creating", "Enabled")
        )
    return dict(mapping)


def get_event_source_mapping(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetEventSourceMapping."""
    return dict(_existing(plane.registry.region(call.region), call["UUID"]))


def list_event_source_mappings(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListEventSourceMappings: all, or those of a source, of a function."""
    region = plane.registry.region(call.region)
    mappings = list(region.mappings.values())
    if call.get("EventSourceArn"):
        mappings = [each for each in mappings if each["EventSourceArn"] == call["EventSourceArn"]]
    if call.get("FunctionName"):
        name, qualifier = plane.registry.named(call.region, call["FunctionName"])
        arn = plane.registry.function_arn(call.region, name)
        wanted = arn if qualifier is None else f"{arn}:{qualifier}"
        mappings = [each for each in mappings if each["FunctionArn"] == wanted]
    numbers = region.mapping_numbers
    chosen, marker = page(mappings, call, lambda each: [numbers[each["UUID"]]], MOST_LISTED)
    return {"EventSourceMappings": [dict(each) for each in chosen], "NextMarker": marker}


def update_event_source_mapping(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateEventSourceMapping: new settings, another function, on or off."""
    region = plane.registry.region(call.region)
    mapping = _existing(region, call["UUID"])
    _check_steady(mapping, "update")
    service = rules.service_of(arn := mapping["EventSourceArn"])
    given = {**call.parameters, "StartingPosition": None, "StartingPositionTimestamp": None}
    rules.check_given(service, arn, given)
    found = plane.registry.find(call.region, mapping["FunctionArn"])
    if call.get("FunctionName"):
        found = _function(plane, call)
        if found.arn != mapping["FunctionArn"]:
            _check_no_other(region, service, arn, found)
    changed = {**mapping, **_chosen(call), "FunctionArn": found.arn}
    rules.check_settings(service, arn, changed)
    _check_ends(plane, call.region, service, changed, found)
    before = mapping["State"]
    enabled = call.get("Enabled", before == "Enabled")
    state, after = {
        (True, "Enabled"): ("Updating", "Enabled"),
        (True, "Disabled"): ("Enabling", "Enabled"),
        (False, "Enabled"): ("Disabling", "Disabled"),
        (False, "Disabled"): ("Updating", "Disabled"),
    }[enabled, before]
    mapping.update({**changed, "State": state, "LastModified": _now()})
    for name in ("FilterCriteria", "ScalingConfig"):
        if not mapping.get(name, True):
            del mapping[name]
    if not enabled:
        plane.pollers.stop(call.region, mapping["UUID"])
    plane.finish_later(lambda: _end_passing_state(plane, region, mapping, state, after))
    return dict(mapping)


def delete_event_source_mapping(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteEventSourceMapping: no event is handed over any more; it is gone a little later."""
    region = plane.registry.region(call.region)
    mapping = _existing(region, call["UUID"])
    _check_steady(mapping, "delete")
    mapping["State"] = "Deleting"
    plane.pollers.stop(call.region, mapping["UUID"])
    plane.finish_later(lambda: region.mappings.pop(mapping["UUID"], None))
    return dict(mapping)


def _end_passing_state(
    plane: ControlPlane, region: Region, mapping: dict[str, Any], passing: str, after: str
) -> None:
    """End a passing state. A mapping of a function that was deleted meanwhile polls nothing."""
    if mapping["State"] != passing:
        return
    mapping["State"] = after
    if after == "Enabled" and parse_function_arn(mapping["FunctionArn"]) in region.functions:
        plane.pollers.start(region.name, mapping["UUID"])


def _service(call: Call) -> str:
    if call.get("SelfManagedEventSource"):
        rules.check_given("sqs", "", call.parameters)
    return rules.service_of(call.get("EventSourceArn"))


def _function(plane: ControlPlane, call: Call) -> Found:
    try:
        return plane.registry.find(call.region, call["FunctionName"])
    except ServiceError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise rules.refused("Function does not exist") from error


def _new(plane: ControlPlane, call: Call, service: str, found: Found) -> dict[str, Any]:
    name = str(uuid.uuid4())
    is_queue = service == "sqs"
    members: dict[str, Any] = {
        "UUID": name,
        **(rules.QUEUE_DEFAULTS if is_queue else rules.STREAM_DEFAULTS),
        **_chosen(call),
        "EventSourceArn": call["EventSourceArn"],
        "FunctionArn": found.arn,
        "EventSourceMappingArn": (
            f"arn:aws:lambda:{call.region}:{plane.registry.account_id}:event-source-mapping:{name}"
        ),
        "LastModified": _now(),
        "State": "Creating" if call.get("Enabled", True) else "Disabled",
        "StateTransitionReason": "USER_INITIATED" if is_queue else "User action",
        "Tags": dict(call.get("Tags") or {}),
    }
    if not is_queue:
        members["LastProcessingResult"] = "No records processed"
        members["StartingPosition"] = call["StartingPosition"]
        if call.get("StartingPositionTimestamp") is not None:
            members["StartingPositionTimestamp"] = call["StartingPositionTimestamp"]
    return {key: value for key, value in members.items() if value != {} or key == "Tags"}


def _chosen(call: Call) -> dict[str, Any]:
    """The settings that a call gives. An empty structure takes the setting away."""
    names = (*rules.FOR_ALL, *rules.FOR_QUEUES, *rules.FOR_STREAMS)
    chosen = {name: call[name] for name in names if call.get(name) is not None}
    if "DestinationConfig" in chosen:
        on_failure = chosen["DestinationConfig"].get("OnFailure") or {}
        chosen["DestinationConfig"] = {"OnFailure": dict(on_failure)}
    for name, inner in (("FilterCriteria", "Filters"), ("ScalingConfig", "MaximumConcurrency")):
        if name in chosen and not chosen[name].get(inner):
            chosen[name] = {}
    return chosen


def _check_ends(
    plane: ControlPlane, region: str, service: str, mapping: dict[str, Any], found: Found
) -> None:
    members = found.configuration.members
    rules.check_source(plane, service, mapping["EventSourceArn"], region, members)
    rules.check_destination(plane, members["Role"], mapping.get("DestinationConfig"))


def _check_no_other(region: Region, service: str, arn: str, found: Found) -> None:
    for name, each in region.mappings.items():
        if each["EventSourceArn"] != arn or each["FunctionArn"] != found.arn:
            continue
        pair = f'(" {arn} ") and function (" {found.record.name} ")'
        what = (
            f"An event source mapping with SQS arn {pair} already exists."
            if service == "sqs"
            else f"The event source arn {pair} provided mapping already exists."
        )
        raise ServiceError(
            "ResourceConflictException",
            f"{what} Please update or delete the existing mapping with UUID {name}",
            409,
            fields={"Type": "User"},
        )


def _existing(region: Region, name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = region.mappings.get(name)
    if found is None:
        raise ServiceError(
            "ResourceNotFoundException",
            "The resource you requested does not exist.",
            404,
            fields={"Type": "User"},
        )
    return found


def _check_steady(mapping: dict[str, Any], what: str) -> None:
    if mapping["State"] not in STEADY:
        raise ServiceError(
            "ResourceInUseException",
            f"Cannot {what} the event source mapping because it is in use.",
            fields={"Type": "User"},
        )


def _now() -> datetime:
    return datetime.now(UTC)


OPERATIONS: dict[str, Operation] = {
    "CreateEventSourceMapping": create_event_source_mapping,
    "GetEventSourceMapping": get_event_source_mapping,
    "ListEventSourceMappings": list_event_source_mappings,
    "UpdateEventSourceMapping": update_event_source_mapping,
    "DeleteEventSourceMapping": delete_event_source_mapping,
}
