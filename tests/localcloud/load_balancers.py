"""Load balancers as their owners make them and their clients use them."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from running_cloud import RunningCloud
from web_api import ANSWERING, ECHO, Answer, arn_of, ask

__all__ = [
    "ANSWERING",
    "ECHO",
    "Answer",
    "Balancer",
    "Group",
    "arn_of",
    "ask",
    "fixed",
    "name",
    "network",
]

EVERYBODY = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535}


def name() -> str:
    return f"t{secrets.token_hex(6)}"


def network(cloud: RunningCloud, source: str = "0.0.0.0/0") -> dict[str, Any]:
    """Two subnets of the default VPC, and a security group that lets a block in; Subnets and
    SecurityGroups of CreateLoadBalancer."""
    ec2 = cloud.client("ec2")
    found = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
    subnets = sorted(found["Subnets"], key=lambda each: str(each["AvailabilityZone"]))[:2]
    group = ec2.create_security_group(
        GroupName=name(), Description="balancer", VpcId=subnets[0]["VpcId"]
    )["GroupId"]
    opened = {**EVERYBODY, "IpRanges": [{"CidrIp": source}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[opened])
    return {"Subnets": [each["SubnetId"] for each in subnets], "SecurityGroups": [group]}


@dataclass
class Group:
    """A target group of a new function that runs ``source``."""

    cloud: RunningCloud
    source: str = ECHO
    multi: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    function_settings: dict[str, Any] = field(default_factory=dict)
    arn: str = ""
    function: str = ""

    def __post_init__(self) -> None:
        self.function = self.cloud.create(self.source, **self.function_settings)
        (made,) = self.api.create_target_group(Name=name(), TargetType="lambda", **self.settings)[
            "TargetGroups"
        ]
        self.arn = made["TargetGroupArn"]
        if self.multi:
            self.set_multi("true")
        self.permit()
        self.api.register_targets(TargetGroupArn=self.arn, Targets=[{"Id": self.target}])

    @property
    def api(self) -> Any:
        return self.cloud.client("elbv2")

    @property
    def target(self) -> str:
        return arn_of(self.cloud, self.function)

    @property
    def action(self) -> dict[str, Any]:
        return {"Type": "forward", "TargetGroupArn": self.arn}

    def set_multi(self, value: str) -> None:
        attribute = {"Key": "lambda.multi_value_headers.enabled", "Value": value}
        self.api.modify_target_group_attributes(TargetGroupArn=self.arn, Attributes=[attribute])

    def permit(self) -> None:
        """Let Elastic Load Balancing invoke the function for this target group."""
        self.cloud.client("lambda").add_permission(
            FunctionName=self.function,
            StatementId="elb",
            Action="lambda:InvokeFunction",
            Principal="elasticloadbalancing.amazonaws.com",
            SourceArn=self.arn,
        )

    def health(self) -> dict[str, Any]:
        (found,) = self.api.describe_target_health(TargetGroupArn=self.arn)[
            "TargetHealthDescriptions"
        ]
        return dict(found["TargetHealth"])


@dataclass
class Balancer:
    """A load balancer with a listener on port 80, whose default is an action."""

    cloud: RunningCloud
    default: dict[str, Any]
    source: str = "0.0.0.0/0"
    arn: str = ""
    url: str = ""
    listener: str = ""

    def __post_init__(self) -> None:
        (made,) = self.api.create_load_balancer(Name=name(), **network(self.cloud, self.source))[
            "LoadBalancers"
        ]
        self.arn, self.url = made["LoadBalancerArn"], f"http://{made['DNSName']}"
        self.listener = self.listen(80, self.default)["Listeners"][0]["ListenerArn"]

    @cached_property
    def api(self) -> Any:
        return self.cloud.client("elbv2")

    def listen(self, port: int, action: dict[str, Any]) -> Any:
        """CreateListener."""
        return self.api.create_listener(
            LoadBalancerArn=self.arn, Protocol="HTTP", Port=port, DefaultActions=[action]
        )

    def rule(self, priority: int, action: dict[str, Any], *conditions: dict[str, Any]) -> str:
        """CreateRule; the rule's ARN."""
        (made,) = self.api.create_rule(
            ListenerArn=self.listener,
            Priority=priority,
            Conditions=list(conditions),
            Actions=[action],
        )["Rules"]
        return str(made["RuleArn"])

    def set(self, key: str, value: str) -> None:
        """ModifyLoadBalancerAttributes."""
        self.api.modify_load_balancer_attributes(
            LoadBalancerArn=self.arn, Attributes=[{"Key": key, "Value": value}]
        )

    def ask(self, method: str = "GET", path: str = "/", body: Any = None, **more: str) -> Answer:
        """A client's request."""
        return ask(self.url, method, path, body, **more)

    def answering(self, answer: Any) -> Answer:
        """What a client gets where the function's answer is this, as `ANSWERING` gives it."""
        text = json.dumps(answer)
        return self.ask("POST", body=text.encode(), Content_Type="application/json")


def fixed(text: str, status: str = "200") -> dict[str, Any]:
    """A fixed response."""
    config = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": text}
    return {"Type": "fixed-response", "FixedResponseConfig": config}
