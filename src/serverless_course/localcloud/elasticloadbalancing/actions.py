"""What a rule does: actions as they are given, checked, and as they are shown.

Source: Elastic Load Balancing API reference, Action, ForwardActionConfig, RedirectActionConfig,
FixedResponseActionConfig; User Guide for Application Load Balancers, "Action types for listener
rules" and "Quotas" (read 2026-11). The loop's words, and those of a target group that has a load
balancer already: public error reports, 2018 to 2026; those of a content type: moto 5.2.5.
"""

from __future__ import annotations

from typing import Any

from ..wire.errors import ServiceError
from .balancer import LoadBalancer, Members, target_groups_of
from .balancing import Region
from .refusals import invalid, not_offered

FINAL = frozenset({"forward", "redirect", "fixed-response"})
CONTENT_TYPES = (
    *("text/html", "application/json", "application/javascript", "text/css"),
    "text/plain",
)
MAX_GROUPS, MAX_WEIGHT = 5, 999
CONFIGS = {
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "fixed-response": "FixedResponseConfig",
}
UNCHANGED = {"Protocol": "#{protocol}", "Port": "#{port}", "Host": "#{host}", "Path": "/#{path}"}
QUERY = "#{query}"


def checked_actions(given: list[Members], region: Region, balancer: LoadBalancer) -> list[Members]:
    """The actions as they are shown. Raises `ServiceError` for what AWS, or this, does not do."""
    for action in given:
        if action["Type"] not in FINAL:
            raise not_offered(f"the action {action['Type']}")
    if len(given) != 1:
        raise ServiceError(
            "InvalidLoadBalancerAction",
            "A rule must have exactly one action of the types forward, redirect, fixed-response",
        )
    action = given[0]
    kind = action["Type"]
    for other, config in CONFIGS.items():
        if other != kind and action.get(config) is not None:
            text = f"You cannot specify '{config}' for an action of type '{kind}'"
            raise ServiceError("InvalidLoadBalancerAction", text)
    if kind != "forward" and action.get("TargetGroupArn"):
        text = f"You cannot specify a target group for an action of type '{kind}'"
        raise ServiceError("InvalidLoadBalancerAction", text)
    shown: Members = {"Type": kind}
    if action.get("Order") is not None:
        shown["Order"] = action["Order"]
    shown |= SHOWN[kind](action)
    for arn in target_groups_of([shown]):
        _check_group(arn, region, balancer)
    return [shown]


def _forward(action: Members) -> Members:
    config = action.get("ForwardConfig") or {}
    single = action.get("TargetGroupArn")
    groups = config.get("TargetGroups") or ([{"TargetGroupArn": single}] if single else [])
    if not groups:
        raise invalid("A target group ARN must be specified")
    if single and [each.get("TargetGroupArn") for each in groups] != [single]:
        raise ServiceError(
            "InvalidLoadBalancerAction",
            "You cannot specify both a target group ARN and other target groups in 'ForwardConfig'",
        )
    if len(groups) > MAX_GROUPS:
        text = f"An action can forward to at most {MAX_GROUPS} target groups"
        raise ServiceError("TooManyUniqueTargetGroupsPerLoadBalancer", text)
    if len({each.get("TargetGroupArn") for each in groups}) < len(groups):
        raise invalid("A target group must be specified once in 'ForwardConfig'")
    if (config.get("TargetGroupStickinessConfig") or {}).get("Enabled"):
        raise not_offered("stickiness of target groups")
    shown = []
    for each in groups:
        if not each.get("TargetGroupArn"):
            raise invalid("A target group ARN must be specified")
        weight = 1 if each.get("Weight") is None else each["Weight"]
        if not 0 <= weight <= MAX_WEIGHT:
            raise invalid(f"The weight of a target group must be between 0 and {MAX_WEIGHT}")
        shown.append({"TargetGroupArn": each["TargetGroupArn"], "Weight": weight})
    found: Members = {
        "ForwardConfig": {
            "TargetGroups": shown,
            "TargetGroupStickinessConfig": {"Enabled": False},
        }
    }
    if len(shown) == 1:
        found["TargetGroupArn"] = shown[0]["TargetGroupArn"]
    return found


def _redirect(action: Members) -> Members:
    config = action.get("RedirectConfig")
    if config is None:
        raise invalid("A 'RedirectConfig' must be specified with an action of type 'redirect'")
    shown = {**UNCHANGED, "Query": QUERY, **config}
    if all(shown[name] == value for name, value in UNCHANGED.items()):
        raise ServiceError(
            "InvalidLoadBalancerAction",
            "The redirect configuration is not valid because it creates a loop.",
        )
    port = shown["Port"]
    if port != UNCHANGED["Port"] and not _is_port(port):
        raise invalid(f"The redirect port '{port}' must be between 1 and 65535, or #{{port}}")
    if not shown["Path"].startswith("/"):
        raise invalid(f"The redirect path '{shown['Path']}' must begin with '/'")
    return {"RedirectConfig": shown}


def _fixed_response(action: Members) -> Members:
    config = action.get("FixedResponseConfig")
    if config is None:
        raise invalid(
            "A 'FixedResponseConfig' must be specified with an action of type 'fixed-response'"
        )
    kind = config.get("ContentType")
    if kind and kind not in CONTENT_TYPES:
        listed = ", ".join(f"'{each}'" for each in CONTENT_TYPES)
        raise ServiceError("InvalidLoadBalancerAction", f"The ContentType must be one of:{listed}")
    return {"FixedResponseConfig": {name: each for name, each in config.items() if each != ""}}


SHOWN: dict[str, Any] = {
    "forward": _forward,
    "redirect": _redirect,
    "fixed-response": _fixed_response,
}


def _check_group(arn: str, region: Region, balancer: LoadBalancer) -> None:
    group = region.group(arn)
    if any(user is not balancer for user in region.users(group)):
        raise ServiceError(
            "TargetGroupAssociationLimit",
            f"Target group '{arn}' cannot be associated with more than one load balancer",
        )


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= 65535
