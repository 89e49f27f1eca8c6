"""Elastic Load Balancing: load balancers, listeners, rules, target groups.

Source: Service Authorization Reference, "AWS Elastic Load Balancing V2" (read 2026-11): Describe…
actions have no resource type.
"""

from __future__ import annotations

import re

from .need import ANY, Asked, Need

# Parameters that name a resource, and those that list some.
NAMED = ("LoadBalancerArn", "ListenerArn", "RuleArn", "TargetGroupArn")
_LISTED = re.compile(r"ResourceArns\.member\.\d+|RulePriorities\.member\.\d+\.RuleArn")
# What is made has no ARN yet: that of anything with its name.
MADE = {"CreateLoadBalancer": "loadbalancer/app/{}/*", "CreateTargetGroup": "targetgroup/{}/*"}


def balancers(asked: Asked) -> list[Need]:
    """Everything that a request names."""
    action = f"elasticloadbalancing:{asked.operation}"
    if asked.operation.startswith("Describe"):
        return [Need(action, ANY)]
    form = MADE.get(asked.operation)
    if form is not None:
        return [Need(action, asked.arn("elasticloadbalancing", form.format(asked.text("Name"))))]
    found = asked.given(*NAMED)
    found += [str(value) for name, value in asked.parameters.items() if _LISTED.fullmatch(name)]
    return [Need(action, arn) for arn in found] or [Need(action, ANY)]
