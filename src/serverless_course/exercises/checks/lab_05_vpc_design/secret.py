"""The secret, read through an endpoint whose group lets in the till and no more."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_05_vpc_design.till import (
    network_of,
    sell,
    sell_twice,
    vpc_of,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task


@task("private", needs_answer=False)
def private(lab: CheckedLab, answer: Any) -> Feedback:
    """The secret is read through the endpoint, whose group lets in the till on 443 and no more."""
    vpc = vpc_of(lab)
    door = _door(lab, vpc.id)
    rules = door["IpPermissions"]
    inside = sell_twice(lab, ["secret"]) if rules else sell(lab, ["secret"])
    if not rules and not inside.ok:
        own = network_of(lab).security_group(vpc.group)
        if own.ingress:
            return NotYet(
                "The till still hangs: you opened the till's own group. The packets arrive at the "
                "endpoint, and its group lets nothing in.",
                evidence=[seen(inside)],
            )
        return NotAttempted(
            "The endpoint's group lets nothing in yet.",
            next_step='`lab.hint("private")` gives a first step.',
        )
    if not inside.ok:
        lets_in = "; ".join(map(_said, rules)) or "nothing"
        return NotYet(
            f"The till still does not read the secret. The endpoint's group lets in: {lets_in}.",
            expected="tcp, port 443, from the till's group",
            evidence=[seen(inside), str(inside.payload)[:200]],
            next_step="`close_door()`, and another rule. "
            '`lab.reach(till, "secretsmanager")` draws where the packets end.',
        )
    wide = _too_wide(rules, vpc.group)
    if wide:
        return NotYet(
            f"It works, and it is too open: {wide}.",
            expected="tcp, port 443, from the till's group",
            next_step="`close_door()`, and a rule that is narrower.",
        )
    refused = sell(lab, ["secret"], function="outside")
    if refused.ok:
        return NotYet(
            "The function outside of the VPC reads the secret, too.",
            next_step="Run the cell above that allows `read-secret` on a condition.",
        )
    return Right(
        "Yes: read in the VPC, and refused outside.",
        evidence=[seen(inside), f"outside: {refused.error_type}"],
    )


def _door(lab: CheckedLab, vpc_id: str) -> dict[str, Any]:
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    groups = lab.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    for group in groups:
        if group["GroupName"].endswith("-door"):
            found: dict[str, Any] = group
            return found
    raise NotAttempted(
        "The endpoint's group is not there yet.", next_step="Run the cells above this one."
    )


def _said(rule: dict[str, Any]) -> str:
    """A rule of a group in a few words."""
    protocol = rule.get("IpProtocol")
    ports = dict.fromkeys(str(rule.get(end)) for end in ("FromPort", "ToPort"))
    what = "everything" if protocol == "-1" else f"{protocol} {'-'.join(ports)}"
    others = [each["GroupId"] for each in rule.get("UserIdGroupPairs", [])]
    others += [each["CidrIp"] for each in rule.get("IpRanges", [])]
    return f"{what} from {', '.join(others) or 'nobody'}"


def _too_wide(rules: list[dict[str, Any]], group: str) -> str:
    """What a rule lets in beside HTTPS of the till's group; "" for nothing."""
    for rule in rules:
        if rule.get("IpRanges") or rule.get("Ipv6Ranges") or rule.get("PrefixListIds"):
            return "it lets in addresses, not only the till's group"
        others = [each["GroupId"] for each in rule.get("UserIdGroupPairs", [])]
        if others != [group]:
            return f"it lets in other groups: {', '.join(others)}"
        if (rule.get("IpProtocol"), rule.get("FromPort"), rule.get("ToPort")) != ("tcp", 443, 443):
            return "it lets in other ports"
    return ""
