"""What X-Ray remembers in one region."""

from __future__ import annotations

from .account_settings import AccountSettings
from .groups import Groups
from .resource_policies import ResourcePolicies
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
