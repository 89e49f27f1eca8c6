"""One call of X-Ray's API, and the region that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .account_settings import AccountSettings
from .groups import Groups
from .refusals import invalid
from .resource_policies import ResourcePolicies
from .sampler import Sampler
from .sampling_rules import SamplingRules
from .tags import Tags
from .trace_store import TraceStore


class Region:
    """Traces, rules, groups and settings of one region of the account."""

    def __init__(self, name: str, account: str) -> None:
        self.name = name
        self.account = account
        self.traces = TraceStore()
        self.rules = SamplingRules(name, account)
        self.groups = Groups(name, account)
        self.tags = Tags()
        self.settings = AccountSettings()
        self.policies = ResourcePolicies()


@dataclass(frozen=True)
class Call:
    """The parameters of a call, and what it is about."""

    region: Region
    sampler: Sampler
    parameters: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default when it was left out."""
        return self.parameters.get(name, default)

    def range(self) -> tuple[float, float]:
        """StartTime and EndTime in epoch seconds. Raises `ServiceError` when they are the wrong
        way round."""
        start, end = float(self["StartTime"]), float(self["EndTime"])
        if start > end:
            raise invalid("StartTime cannot be later than EndTime.")
        return start, end
