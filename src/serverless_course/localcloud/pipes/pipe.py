"""A pipe, and what is shown of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..iam.account import ACCOUNT_ID

Members = dict[str, Any]
RUNNING, STOPPED, DELETED = "RUNNING", "STOPPED", "DELETED"
USER = "USER_INITIATED"
# What CreatePipe gives, without the pipe's name, state and tags.
KEPT = (
    *("Description", "Source", "SourceParameters", "Enrichment", "EnrichmentParameters"),
    *("Target", "TargetParameters", "RoleArn"),
)


@dataclass
class Pipe:
    """``settings`` are CreatePipe's members, with defaults; an update puts others in their place.

    ``key`` names its poller: a later pipe with the same name is another one.
    """

    region: str
    name: str
    settings: Members
    desired: str
    created: datetime
    changed: datetime
    tags: dict[str, str] = field(default_factory=dict)
    state: str = "CREATING"
    reason: str = USER
    key: str = field(default_factory=lambda: f"pipe {uuid.uuid4()}")

    @property
    def arn(self) -> str:
        """The pipe's ARN, which is aws:SourceArn when Pipes assumes its role."""
        return f"arn:aws:pipes:{self.region}:{ACCOUNT_ID}:pipe/{self.name}"

    @property
    def source(self) -> str:
        """``sqs``, ``kinesis`` or ``dynamodb``."""
        return str(self.settings["Source"]).split(":")[2]

    @property
    def target_parameters(self) -> Members:
        """TargetParameters, empty when there are none."""
        return self.settings.get("TargetParameters") or {}

    @property
    def summary(self) -> Members:
        """The pipe as the operations that change it answer."""
        return {
            "Arn": self.arn,
            "Name": self.name,
            "DesiredState": self.desired,
            "CurrentState": self.state,
            "CreationTime": self.created,
            "LastModifiedTime": self.changed,
        }

    @property
    def listed(self) -> Members:
        """The pipe as ListPipes has it."""
        names = ("Source", "Target", "Enrichment")
        shown = {name: self.settings[name] for name in names if name in self.settings}
        return {**self.summary, **shown, "StateReason": self.reason}

    @property
    def shown(self) -> Members:
        """The pipe as DescribePipe has it."""
        return {**self.summary, **self.settings, "StateReason": self.reason, "Tags": self.tags}
