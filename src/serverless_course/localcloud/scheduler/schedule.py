"""A schedule, and the group that it is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..clock import ScaledTime
from ..iam.account import ACCOUNT_ID
from .times import Times

Members = dict[str, Any]
DEFAULT = "default"


@dataclass
class Group:
    """A schedule group; only groups have tags."""

    region: str
    name: str
    created: datetime
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The group's ARN, which is aws:SourceArn when Scheduler assumes a role."""
        return f"arn:aws:scheduler:{self.region}:{ACCOUNT_ID}:schedule-group/{self.name}"

    @property
    def shown(self) -> Members:
        """The group as GetScheduleGroup has it."""
        return {
            "Arn": self.arn,
            "Name": self.name,
            "State": "ACTIVE",
            "CreationDate": self.created,
            "LastModificationDate": self.created,
        }


@dataclass(frozen=True)
class Schedule:
    """A schedule as it was last put: another one stands in its place after an update.

    ``settings`` are CreateSchedule's members with their defaults, ``line`` is its scaled time.
    """

    group: Group
    name: str
    settings: Members
    times: Times
    line: ScaledTime
    created: datetime
    changed: datetime

    @property
    def arn(self) -> str:
        """The schedule's ARN."""
        start = f"arn:aws:scheduler:{self.group.region}:{ACCOUNT_ID}:schedule"
        return f"{start}/{self.group.name}/{self.name}"

    @property
    def target(self) -> Members:
        """What it invokes."""
        found: Members = self.settings["Target"]
        return found

    @property
    def shown(self) -> Members:
        """The schedule as GetSchedule has it."""
        return {**self.settings, **self._named, "GroupName": self.group.name}

    @property
    def summary(self) -> Members:
        """The schedule as ListSchedules has it."""
        target = {"Arn": self.target["Arn"]}
        named = {**self._named, "GroupName": self.group.name, "State": self.settings["State"]}
        return {**named, "Target": target}

    @property
    def _named(self) -> Members:
        return {
            "Arn": self.arn,
            "Name": self.name,
            "CreationDate": self.created,
            "LastModificationDate": self.changed,
        }
