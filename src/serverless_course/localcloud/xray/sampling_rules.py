"""Sampling rules: which requests are traced, by priority.

Sources: X-Ray Developer Guide, "Configuring sampling rules" and "Using sampling rules with the
X-Ray API" (read 2026-11): the Default rule has priority 10000, a reservoir of one request a
second and a rate of 5 %; AWS General Reference: 25 rules in a region beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..wildcards import wildcard
from ..wire.errors import ServiceError
from .refusals import invalid, not_offered

DEFAULT = "Default"
MAX_RULES = 25
# What UpdateSamplingRule may change; the Default rule's matching cannot be.
_CHANGEABLE = (
    *("ResourceARN", "Priority", "FixedRate", "ReservoirSize", "Host", "ServiceName"),
    *("ServiceType", "HTTPMethod", "URLPath", "Attributes"),
)
_OF_DEFAULT = frozenset({"FixedRate", "ReservoirSize"})


@dataclass(frozen=True)
class Traced:
    """A request as sampling rules see it: what each matching member of a rule is compared with."""

    ServiceName: str
    ServiceType: str
    Host: str = "*"
    HTTPMethod: str = "*"
    URLPath: str = "*"
    ResourceARN: str = "*"


class SamplingRules:
    """One region's rules. Thread-safe. ``now`` is the clock, in epoch seconds."""

    def __init__(self, region: str, account: str, now: Callable[[], float] = time.time) -> None:
        self._arn = f"arn:aws:xray:{region}:{account}:sampling-rule/"
        self._now = now
        self._lock = threading.Lock()
        self._records = {DEFAULT: self._default()}
        self.modified = 0.0

    def records(self) -> list[dict[str, Any]]:
        """All SamplingRuleRecords, in the order in which they are tried."""
        with self._lock:
            return self._ordered()

    def match(self, traced: Traced, attributes: dict[str, str]) -> dict[str, Any]:
        """The first rule that matches a request; the Default rule matches all."""
        for record in self.records():
            rule: dict[str, Any] = record["SamplingRule"]
            if rule["RuleName"] == DEFAULT or _matches(rule, traced, attributes):
                return rule
        raise AssertionError("the Default rule matches every request")

    def create(self, rule: dict[str, Any]) -> dict[str, Any]:
        """CreateSamplingRule. Raises `ServiceError` for a rule that cannot be."""
        name = rule.get("RuleName")
        if not name:
            raise invalid("RuleName is required.")
        if rule.get("SamplingRateBoost"):
            raise not_offered("SamplingRateBoost", "adaptive sampling")
        if rule["Version"] != 1:
            raise invalid("Version must be 1.")
        with self._lock:
            if name in self._records:
                raise invalid(f"Sampling rule {name} already exists.")
            if len(self._records) > MAX_RULES:
                raise ServiceError(
                    "RuleLimitExceededException", f"A region has at most {MAX_RULES} rules."
                )
            made = {**rule, "RuleARN": self._arn + name, "Attributes": rule.get("Attributes") or {}}
            return self._keep({"SamplingRule": made, "CreatedAt": self._now()})

    def update(self, change: dict[str, Any]) -> dict[str, Any]:
        """UpdateSamplingRule: what is given changes."""
        if change.get("SamplingRateBoost"):
            raise not_offered("SamplingRateBoost", "adaptive sampling")
        with self._lock:
            record = self._find(change)
            given = {name: change[name] for name in _CHANGEABLE if change.get(name) is not None}
            if record["SamplingRule"]["RuleName"] == DEFAULT and not _OF_DEFAULT.issuperset(given):
                raise invalid("Only FixedRate and ReservoirSize of the Default rule can change.")
            _check_numbers(given)
            return self._keep({**record, "SamplingRule": {**record["SamplingRule"], **given}})

    def delete(self, named: dict[str, Any]) -> dict[str, Any]:
        """DeleteSamplingRule: the record of the rule that is gone."""
        with self._lock:
            record = self._find(named)
            name = record["SamplingRule"]["RuleName"]
            if name == DEFAULT:
                raise invalid("The Default rule cannot be deleted.")
            self.modified = self._now()
            return self._records.pop(name)

    def find(self, name: str) -> dict[str, Any] | None:
        """A rule by its name."""
        with self._lock:
            record = self._records.get(name)
            return record["SamplingRule"] if record else None

    def has_arn(self, arn: str) -> bool:
        """Whether an ARN is one of a rule here."""
        return arn.startswith(self._arn) and self.find(arn[len(self._arn) :]) is not None

    def _find(self, named: dict[str, Any]) -> dict[str, Any]:
        name, arn = named.get("RuleName"), named.get("RuleARN")
        if (name is None) == (arn is None):
            raise invalid("Specify a rule by either name or ARN, but not both.")
        key = name if name is not None else str(arn).removeprefix(self._arn)
        if key not in self._records:
            raise invalid(f"Sampling rule {name or arn} does not exist.")
        return self._records[key]

    def _keep(self, record: dict[str, Any]) -> dict[str, Any]:
        self.modified = self._now()
        record["ModifiedAt"] = self.modified
        self._records[record["SamplingRule"]["RuleName"]] = record
        return record

    def _ordered(self) -> list[dict[str, Any]]:
        return sorted(
            self._records.values(),
            key=lambda record: (
                record["SamplingRule"]["Priority"],
                record["SamplingRule"]["RuleName"],
            ),
        )

    def _default(self) -> dict[str, Any]:
        matching = dict.fromkeys(
            ("ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath"), "*"
        )
        rule = {
            "RuleName": DEFAULT,
            "RuleARN": self._arn + DEFAULT,
            "Priority": 10_000,
            "FixedRate": 0.05,
            "ReservoirSize": 1,
            "Version": 1,
            "Attributes": {},
            **matching,
        }
        return {"SamplingRule": rule, "CreatedAt": 0.0, "ModifiedAt": self._now()}


def _check_numbers(given: dict[str, Any]) -> None:
    if not 0 <= given.get("FixedRate", 0) <= 1:
        raise invalid("FixedRate must be between 0 and 1.")
    if given.get("ReservoirSize", 0) < 0:
        raise invalid("ReservoirSize must be 0 or more.")
    if not 1 <= given.get("Priority", 1) <= 9999:
        raise invalid("Priority must be between 1 and 9999.")


def _matches(rule: dict[str, Any], traced: Traced, attributes: dict[str, str]) -> bool:
    wanted: dict[str, str] = rule.get("Attributes") or {}
    return all(
        _fits(rule[name], getattr(traced, name)) for name in Traced.__dataclass_fields__
    ) and all(
        key in attributes and _fits(pattern, attributes[key]) for key, pattern in wanted.items()
    )


def _fits(pattern: str, value: str) -> bool:
    """Whether a value matches a rule's pattern. ``*`` as a value means that it is not known, which
    only a pattern that allows everything matches."""
    return pattern == "*" or wildcard(pattern.lower())(value.lower())
