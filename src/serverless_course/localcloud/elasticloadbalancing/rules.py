"""Operations on rules.

Source: Elastic Load Balancing API reference; User Guide for Application Load Balancers, "Quotas"
(read 2026-11). The words about priorities and about what a call has to name: public error reports,
and moto 5.2.5.
"""

from __future__ import annotations

from ..wire.errors import ServiceError
from .actions import checked_actions
from .balancer import Listener, Members, Rule, new_id, target_groups_of
from .balancing import Call
from .conditions import checked_conditions
from .paging import page
from .refusals import invalid, missing_of_several, not_offered, not_permitted

# Of a load balancer, without the default rules.
MAX_RULES = 100


def create(call: Call) -> Members:
    """CreateRule."""
    balancer, listener = call.region.listener(call["ListenerArn"])
    if call.get("Transforms"):
        raise not_offered("Transforms of rules")
    conditions = checked_conditions(call["Conditions"])
    actions = checked_actions(call["Actions"], call.region, balancer)
    _check_free(listener, call["Priority"])
    if sum(len(each.others) for each in balancer.listeners.values()) >= MAX_RULES:
        raise ServiceError(
            "TooManyRules", f"A load balancer can have at most {MAX_RULES} rules beside the default"
        )
    arn = f"{listener.arn.replace(':listener/', ':listener-rule/')}/{new_id()}"
    made = Rule(arn, call["Priority"], conditions, actions, call.tags())
    listener.others.append(made)
    call.changed(target_groups_of(actions))
    return {"Rules": [made.shown]}


def describe(call: Call) -> Members:
    """DescribeRules."""
    arn, arns = call.get("ListenerArn"), call.get("RuleArns")
    if arn and arns:
        raise invalid("Listener rule ARNs and a listener ARN cannot be specified at the same time")
    if arn:
        found = call.region.listener(arn)[1].rules
    elif arns:
        every = [rule for each in call.region.balancers.values() for rule in each.rules]
        known = {rule.arn: rule for rule in every}
        if any(each not in known for each in arns):
            raise missing_of_several("rule")
        found = [known[each] for each in dict.fromkeys(arns)]
    else:
        raise invalid("You must specify either listener rule ARNs or a listener ARN")
    return page("Rules", [each.shown for each in found], call)


def modify(call: Call) -> Members:
    """ModifyRule: what is left out stays."""
    balancer, _, rule = call.region.rule(call["RuleArn"])
    if call.get("Transforms") or call.get("ResetTransforms"):
        raise not_offered("Transforms of rules")
    if not call.get("Conditions") and not call.get("Actions"):
        raise invalid("Either conditions or actions must be specified")
    if rule.is_default:
        raise not_permitted(f"Default rule '{rule.arn}' cannot be modified")
    conditions, actions = rule.conditions, rule.actions
    if call.get("Conditions"):
        conditions = checked_conditions(call["Conditions"])
    if call.get("Actions"):
        actions = checked_actions(call["Actions"], call.region, balancer)
    touched = {*target_groups_of(rule.actions), *target_groups_of(actions)}
    rule.conditions, rule.actions = conditions, actions
    call.changed(touched)
    return {"Rules": [rule.shown]}


def delete(call: Call) -> Members:
    """DeleteRule."""
    _, listener, rule = call.region.rule(call["RuleArn"])
    if rule.is_default:
        raise not_permitted(f"Default rule '{rule.arn}' cannot be deleted")
    listener.others.remove(rule)
    call.changed(target_groups_of(rule.actions))
    return {}


def set_priorities(call: Call) -> Members:
    """SetRulePriorities: all of them, or none."""
    wanted: dict[str, int] = {}
    listener: Listener | None = None
    moved: list[Rule] = []
    for each in call["RulePriorities"]:
        if not each.get("RuleArn") or each.get("Priority") is None:
            raise invalid("A rule ARN and a priority must be specified")
        _, whose, rule = call.region.rule(each["RuleArn"])
        if rule.is_default:
            raise not_permitted(f"The priority of the default rule '{rule.arn}' cannot be set")
        if listener is not None and whose is not listener:
            raise invalid("The rules must belong to the same listener")
        if each["Priority"] in wanted.values():
            raise invalid(f"Priority '{each['Priority']}' was provided multiple times")
        listener = whose
        wanted[rule.arn] = each["Priority"]
        moved.append(rule)
    if listener is None:
        raise invalid("A rule priority must be specified")
    for rule in listener.others:
        if rule.arn not in wanted and rule.priority in wanted.values():
            raise _in_use(int(rule.priority))
    for rule in moved:
        rule.priority = wanted[rule.arn]
    return {"Rules": [rule.shown for rule in moved]}


OPERATIONS = {
    "CreateRule": create,
    "DescribeRules": describe,
    "ModifyRule": modify,
    "DeleteRule": delete,
    "SetRulePriorities": set_priorities,
}


def _check_free(listener: Listener, priority: int) -> None:
    if any(rule.priority == priority for rule in listener.others):
        raise _in_use(priority)


def _in_use(priority: int) -> ServiceError:
    return ServiceError("PriorityInUse", f"Priority '{priority}' is currently in use")
