"""Step Functions and EventBridge. Source: Service Authorization Reference (read 2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need

MACHINES_OF_NAME = {"CreateActivity": "activity:{}", "CreateStateMachine": "stateMachine:{}"}
STATE_ARNS = (
    "stateMachineVersionArn",
    "stateMachineAliasArn",
    "mapRunArn",
    "executionArn",
    "stateMachineArn",
    "activityArn",
    "resourceArn",
)
BY_RULE = frozenset({"ListTargetsByRule", "PutTargets", "RemoveTargets"})
BUS_OPERATIONS = frozenset(
    {
        "CreateEventBus",
        "DeleteEventBus",
        "DescribeEventBus",
        "UpdateEventBus",
        "PutPermission",
        "RemovePermission",
    }
)


def state_machines(asked: Asked) -> list[Need]:
    """Step Functions: state machines, executions, activities."""
    action = f"states:{asked.operation}"
    named = asked.given(*STATE_ARNS)
    if asked.operation in MACHINES_OF_NAME:
        form = MACHINES_OF_NAME[asked.operation]
        named = [asked.arn("states", form.format(asked.text("name")))]
    return [Need(action, arn) for arn in named] or [Need(action, ANY)]


def event_buses(asked: Asked) -> list[Need]:
    """EventBridge: buses, rules, and each bus that PutEvents writes to."""
    action = f"events:{asked.operation}"
    if asked.operation == "PutEvents":
        entries = [entry for entry in asked.get("Entries") or [] if isinstance(entry, dict)]
        buses = {_bus(asked, str(entry.get("EventBusName") or "default")) for entry in entries}
        return [Need(action, bus) for bus in sorted(buses)] or [Need(action)]
    if asked.text("ResourceARN"):
        return [Need(action, asked.text("ResourceARN"))]
    if asked.operation in BUS_OPERATIONS:
        names = asked.given("Name", "EventBusName") or ["default"]
        return [Need(action, _bus(asked, name)) for name in names]
    rule = asked.text("Rule") if asked.operation in BY_RULE else ""
    if "Rule" in asked.operation and asked.operation not in BY_RULE:
        rule = asked.text("Name")
    if not rule:
        return [Need(action, _other(asked))]
    return [Need(action, _rule(asked, rule))]


def _bus(asked: Asked, name: str) -> str:
    return asked.own_arn(name, "events", "event-bus/{}")


def _rule(asked: Asked, name: str) -> str:
    bus = asked.text("EventBusName").rpartition("/")[2] or "default"
    return asked.arn("events", f"rule/{name}" if bus == "default" else f"rule/{bus}/{name}")


def _other(asked: Asked) -> str:
    for parameter, form in (
        ("ArchiveName", "archive/{}"),
        ("ReplayName", "replay/{}"),
        ("Name", _kind(asked.operation)),
    ):
        if form and asked.text(parameter):
            return asked.arn("events", form.format(asked.text(parameter)))
    return ANY


def _kind(operation: str) -> str:
    if "ApiDestination" in operation:
        return "api-destination/{}"
    return "connection/{}" if "Connection" in operation else ""
