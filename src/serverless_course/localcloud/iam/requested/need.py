"""One thing that a request asks leave for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

ANY = "*"
UNKNOWN = "Unknown"


@dataclass(frozen=True)
class Need:
    """An IAM action on a resource. ``context`` holds condition keys that the request gives,
    in lower case."""

    action: str
    resource: str = ANY
    context: Mapping[str, Any] = field(default_factory=dict)


class Names(Protocol):
    """Where a short name is looked up whose ARN holds more than the name."""

    def role_arn(self, name: str) -> str:
        """The ARN of a role."""

    def user_arn(self, name: str) -> str:
        """The ARN of a user."""

    def group_arn(self, name: str) -> str:
        """The ARN of a group."""

    def secret_arn(self, region: str, name: str) -> str:
        """The ARN of a secret."""

    def filtered_secrets(self, region: str, filters: list[Any]) -> list[str]:
        """The ARNs of the secrets that pass filters of Secrets Manager."""


@dataclass(frozen=True)
class Asked:
    """A request of a JSON or query service, read: its operation and its parameters."""

    operation: str
    parameters: Mapping[str, Any]
    region: str
    account: str
    names: Names

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter."""
        return self.parameters.get(name, default)

    def text(self, name: str) -> str:
        """A parameter as text; empty when it was left out."""
        value = self.parameters.get(name)
        return "" if value is None else str(value)

    def given(self, *names: str) -> list[str]:
        """All of these parameters that were given: each that could name the resource counts."""
        return [self.text(name) for name in names if self.text(name)]

    def each(self, name: str) -> list[str]:
        """What was given of a parameter: each text of a list, or the one text."""
        value = self.parameters.get(name)
        return [str(each) for each in value] if isinstance(value, list) else self.given(name)

    def arn(self, service: str, rest: str) -> str:
        """An ARN in the request's region and account."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    def own_arn(self, value: str, service: str, form: str) -> str:
        """A value that is an ARN already, or else the ARN of ``form`` filled in with it."""
        return value if value.startswith("arn:") else self.arn(service, form.format(value))


def passed_role(role: str, service: str) -> list[Need]:
    """iam:PassRole, when a request hands a role to a service."""
    if not role:
        return []
    return [Need("iam:PassRole", role, {"iam:passedtoservice": service})]
