"""The policy of an event bus: one statement for each id, and a whole policy that replaces it.

Source: as recorded from AWS (localstack's test_events, test_put_permission and
test_remove_permission, 2024); API Reference, PutPermission (read 2026-11). moto 5.2.5 keeps one
statement for each principal, adds a policy to the one before, and needs a Sid in it.
"""

from __future__ import annotations

from typing import Any

from ..wire.errors import ServiceError
from .watchers import wrap


class _Statement:
    """A statement of a policy as it was given."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def describe(self) -> dict[str, Any]:
        return self._given


def install() -> None:
    """Put it into moto. Once for a process is enough."""
    from moto.events.models import EventBus, EventsBackend  # noqa: PLC0415 - moto loads late

    wrap(EventBus, "add_permission", _add_permission)
    wrap(EventBus, "add_policy", _add_policy)
    wrap(EventsBackend, "remove_permission", _remove_permission)


def _add_permission(
    _: Any, bus: Any, statement_id: str, action: str, principal: Any, condition: Any
) -> None:
    everybody = principal["AWS"].endswith("::*:root")
    given = {
        "Sid": statement_id,
        "Effect": "Allow",
        "Principal": "*" if everybody else principal,
        "Action": action,
        "Resource": bus.arn,
    }
    if condition:
        given["Condition"] = condition
    bus._statements[statement_id] = _Statement(given)


def _add_policy(_: Any, bus: Any, policy: Any) -> None:
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        raise ServiceError("ValidationException", "This policy contains invalid Json")
    bus._statements = {
        each.get("Sid", f"\n{number}"): _Statement(each) for number, each in enumerate(statements)
    }


def _remove_permission(
    original: Any, backend: Any, event_bus_name: str | None, statement_id: str, every: bool
) -> None:
    bus = backend.describe_event_bus(event_bus_name or "default")
    if not every and not bus.has_permissions():
        raise ServiceError(
            "ResourceNotFoundException", "Statement with the provided id does not exist."
        )
    original(backend, event_bus_name, statement_id, every)
