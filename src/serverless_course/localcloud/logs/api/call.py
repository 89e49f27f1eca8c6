"""One call of CloudWatch Logs' API, as the operations get it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ...moto_seam.log_groups import LogGroup
from ...wire.errors import ServiceError


class LogGroups(Protocol):
    """Where log groups are found. May be asked on any thread."""

    def log_group(self, region: str, name: str) -> LogGroup | None:
        """A log group by its name or ARN."""

    def log_groups(self, region: str) -> list[LogGroup]:
        """All log groups of a region, in the order of their names."""

    def metric_filters(self, region: str, group: str) -> int:
        """How many metric filters a log group has."""


@dataclass(frozen=True)
class LogsCall:
    """One call: its parameters, who made it (an ARN), and the region's log groups."""

    parameters: dict[str, Any]
    caller: str
    region: str
    groups: LogGroups

    def group(self, *, named: str | None = None) -> LogGroup:
        """The log group that the call names, in one of the two ways and not in both.

        Raises `ServiceError`: ResourceNotFoundException, InvalidParameterException,
        ValidationException.
        """
        if named is None:
            names = [
                self.parameters[member]
                for member in ("logGroupName", "logGroupIdentifier")
                if self.parameters.get(member)
            ]
            if len(names) > 1:
                # Recorded from AWS, test_describe_log_streams_with_log_group_identifier, 2026.
                raise ServiceError(
                    "ValidationException",
                    "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
                )
            if not names:
                raise ServiceError(
                    "InvalidParameterException",
                    "One of the parameters logGroupName and logGroupIdentifier is needed.",
                )
            named = names[0]
        found = self.groups.log_group(self.region, named)
        if found is None:
            raise ServiceError(
                "ResourceNotFoundException", "The specified log group does not exist."
            )
        return found
