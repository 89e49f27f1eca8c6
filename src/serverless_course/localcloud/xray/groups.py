"""Groups: named filter expressions.

Sources: API reference, CreateGroup and GetGroups; Developer Guide, "Configuring groups" (read
2026-11): names and ARNs, the Default group that holds every trace, 25 groups in an account
beside it.
"""

from __future__ import annotations

import re
import secrets
import string
import threading
from typing import Any

from .filter_parser import parse
from .filter_tree import Filter
from .refusals import invalid, not_offered

DEFAULT = "Default"
MAX_GROUPS = 25
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LETTERS = string.ascii_uppercase + "234567"


class Groups:
    """One region's groups. Thread-safe."""

    def __init__(self, region: str, account: str) -> None:
        self._arn = f"arn:aws:xray:{region}:{account}:group/"
        self._lock = threading.Lock()
        self._groups: dict[str, dict[str, Any]] = {
            DEFAULT: _group(DEFAULT, self._arn + DEFAULT, "")
        }

    def all(self) -> list[dict[str, Any]]:
        """All groups, by their names."""
        with self._lock:
            return [self._groups[name] for name in sorted(self._groups)]

    def create(self, name: str, expression: str, insights: dict[str, Any]) -> dict[str, Any]:
        """CreateGroup. Raises `ServiceError` for a name or an expression that cannot be."""
        _refuse_insights(insights)
        if not _NAME.fullmatch(name):
            raise invalid("GroupName holds letters, numbers, underscores and hyphens.")
        parse(expression, groups=False)
        with self._lock:
            if name in self._groups:
                raise invalid(f"Group {name} already exists.")
            if len(self._groups) > MAX_GROUPS:
                raise invalid(f"An account has at most {MAX_GROUPS} groups.")
            unique = "".join(secrets.choice(_LETTERS) for _ in range(52))
            self._groups[name] = _group(name, f"{self._arn}{name}/{unique}", expression)
            return self._groups[name]

    def update(
        self, named: dict[str, Any], expression: str | None, insights: dict[str, Any]
    ) -> dict[str, Any]:
        """UpdateGroup: what is given changes."""
        _refuse_insights(insights)
        parse(expression or "", groups=False)
        with self._lock:
            group = self._find(named)
            if group["GroupName"] == DEFAULT and expression:
                raise invalid("The Default group's filter expression cannot change.")
            if expression is not None:
                group = {**group, "FilterExpression": expression}
                self._groups[group["GroupName"]] = group
            return group

    def delete(self, named: dict[str, Any]) -> None:
        """DeleteGroup."""
        with self._lock:
            group = self._find(named)
            if group["GroupName"] == DEFAULT:
                raise invalid("The Default group cannot be deleted.")
            del self._groups[group["GroupName"]]

    def get(self, named: dict[str, Any]) -> dict[str, Any]:
        """A group by GroupName or GroupARN. Raises `ServiceError` when there is none."""
        with self._lock:
            return self._find(named)

    def has_arn(self, arn: str) -> bool:
        """Whether an ARN is one of a group here."""
        return any(group["GroupARN"] == arn for group in self.all())

    def tree(self, named: str) -> Filter | None:
        """The filter of a group, by name or ARN, for group.name and group.arn."""
        member = "GroupARN" if named.startswith("arn:") else "GroupName"
        return parse(self.get({member: named})["FilterExpression"], groups=False)

    def _find(self, named: dict[str, Any]) -> dict[str, Any]:
        name, arn = named.get("GroupName"), named.get("GroupARN")
        if (name is None) == (arn is None):
            raise invalid("Specify a group by either name or ARN, but not both.")
        for group in self._groups.values():
            if group["GroupName"] == name or group["GroupARN"] == arn:
                return group
        raise invalid(f"Group {name or arn} does not exist.")


def _group(name: str, arn: str, expression: str) -> dict[str, Any]:
    return {
        "GroupName": name,
        "GroupARN": arn,
        "FilterExpression": expression,
        "InsightsConfiguration": {"InsightsEnabled": False, "NotificationsEnabled": False},
    }


def _refuse_insights(insights: dict[str, Any]) -> None:
    if insights.get("InsightsEnabled") or insights.get("NotificationsEnabled"):
        raise not_offered("InsightsEnabled and NotificationsEnabled", "X-Ray Insights")
