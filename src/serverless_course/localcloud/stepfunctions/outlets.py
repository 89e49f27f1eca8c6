"""What state machines need of the rest of the cloud: roles, log groups, event buses."""

from __future__ import annotations

from typing import Any, Protocol

from ..wire.credential import Credential


class Roles(Protocol):
    """What roles may do, and their credentials."""

    def role_allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether a role allows an action on a resource."""
        ...

    def trusts_service(self, role_arn: str, service: str, source_arn: str = "") -> bool:
        """Whether a service may assume a role for a resource."""
        ...

    def may_assume(self, role_arn: str, other_arn: str) -> bool:
        """Whether a role may assume another one."""
        ...

    def assume_role(self, role_arn: str, session: str, region: str) -> Credential:
        """Temporary credentials of a role."""
        ...


class Outlets(Protocol):
    """Where executions leave their logs, changes of status and metrics."""

    def has_group(self, region: str, group: str) -> bool:
        """Whether there is such a log group."""
        ...

    def log(self, region: str, group: str, stream: str, at_ms: int, message: str) -> None:
        """Write an event to a log group's stream, and make the stream where it is missing."""
        ...

    def put_event(self, region: str, entry: dict[str, Any]) -> None:
        """Put an event on the default bus: an entry of PutEvents."""
        ...

    def count(
        self, region: str, metric: str, machine: str, at: float, value: float, unit: str
    ) -> None:
        """A value of a metric of AWS/States; ``at`` in seconds since the epoch."""
        ...
