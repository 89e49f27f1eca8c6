"""Load balancers with their listeners and rules, and target groups: what there is, as records.

Members are named as the API shows them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..iam.account import ACCOUNT_ID

Members = dict[str, Any]
DEFAULT = "default"


def new_id() -> str:
    """The end of an ARN: 16 hexadecimal digits."""
    return secrets.token_hex(8)


@dataclass
class TargetGroup:
    """``settings`` are those of health checks and the name; ``target`` is the function's ARN, or
    empty while none is registered. ``registered`` counts registrations, so that a health check
    knows whether its target is still the one."""

    region: str
    name: str
    settings: Members
    attributes: dict[str, str]
    tags: dict[str, str]
    target: str = ""
    registered: int = 0
    id: str = field(default_factory=new_id)

    @property
    def full_name(self) -> str:
        """As metrics name it."""
        return f"targetgroup/{self.name}/{self.id}"

    @property
    def arn(self) -> str:
        return f"arn:aws:elasticloadbalancing:{self.region}:{ACCOUNT_ID}:{self.full_name}"

    @property
    def has_multi_values(self) -> bool:
        """Whether the function gets and answers headers with several values."""
        return self.attributes["lambda.multi_value_headers.enabled"] == "true"


@dataclass
class Rule:
    """``priority`` is a number, or ``default``; conditions and actions are as they are shown."""

    arn: str
    priority: int | str
    conditions: list[Members]
    actions: list[Members]
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        return self.priority == DEFAULT

    @property
    def shown(self) -> Members:
        return {
            "RuleArn": self.arn,
            "Priority": str(self.priority),
            "Conditions": self.conditions,
            "Actions": self.actions,
            "IsDefault": self.is_default,
            "Transforms": [],
        }


@dataclass
class Listener:
    """``endpoint`` is where it is reached on this machine, without a slash at the end."""

    arn: str
    balancer_arn: str
    port: int
    default: Rule
    attributes: dict[str, str]
    tags: dict[str, str] = field(default_factory=dict)
    others: list[Rule] = field(default_factory=list)
    endpoint: str = ""

    @property
    def rules(self) -> list[Rule]:
        """In the order in which they are evaluated."""
        return [*sorted(self.others, key=lambda rule: int(rule.priority)), self.default]

    @property
    def shown(self) -> Members:
        return {
            "ListenerArn": self.arn,
            "LoadBalancerArn": self.balancer_arn,
            "Port": self.port,
            "Protocol": "HTTP",
            "DefaultActions": self.default.actions,
        }


@dataclass
class LoadBalancer:
    """``zones`` has a subnet for each Availability Zone; ``dns_name`` is its address here."""

    region: str
    name: str
    scheme: str
    vpc_id: str
    zones: dict[str, str]
    groups: list[str]
    created: datetime
    attributes: dict[str, str]
    tags: dict[str, str] = field(default_factory=dict)
    dns_name: str = ""
    listeners: dict[str, Listener] = field(default_factory=dict)
    id: str = field(default_factory=new_id)

    @property
    def full_name(self) -> str:
        """As ARNs and metrics name it."""
        return f"app/{self.name}/{self.id}"

    @property
    def arn(self) -> str:
        start = f"arn:aws:elasticloadbalancing:{self.region}:{ACCOUNT_ID}"
        return f"{start}:loadbalancer/{self.full_name}"

    @property
    def rules(self) -> list[Rule]:
        """All rules of all listeners."""
        return [rule for listener in self.listeners.values() for rule in listener.rules]

    @property
    def shown_zones(self) -> list[Members]:
        return [
            {"ZoneName": zone, "SubnetId": subnet, "LoadBalancerAddresses": []}
            for zone, subnet in sorted(self.zones.items())
        ]

    def shown(self, state: str = "active") -> Members:
        """As DescribeLoadBalancers shows it."""
        return {
            "LoadBalancerArn": self.arn,
            "DNSName": self.dns_name,
            "CreatedTime": self.created,
            "LoadBalancerName": self.name,
            "Scheme": self.scheme,
            "VpcId": self.vpc_id,
            "State": {"Code": state},
            "Type": "application",
            "AvailabilityZones": self.shown_zones,
            "SecurityGroups": self.groups,
            "IpAddressType": "ipv4",
        }


def target_groups_of(actions: list[Members]) -> list[str]:
    """The ARNs of the target groups that actions forward to."""
    return [
        each["TargetGroupArn"]
        for action in actions
        for each in (action.get("ForwardConfig") or {}).get("TargetGroups", [])
    ]
