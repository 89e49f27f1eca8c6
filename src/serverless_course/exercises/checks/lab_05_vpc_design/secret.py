"""The secret, read through an endpoint whose group lets in the till and no more."""

from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_05_vpc_design.till import (
    Sale,
    endpoints,
    network_of,
    sell,
    sell_again,
    till_in_vpc,
    vpc_of,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

ONE_RULE = "tcp, port 443, from the till's group"


@task("private", needs_answer=False)
def private(lab: CheckedLab, answer: Any) -> Feedback:
    """The secret is read through the endpoint, whose group lets in the till on 443 and no more."""
    vpc = vpc_of(lab)
    door = _door(lab, vpc.id)
    rules = door["IpPermissions"]
    till_in_vpc(lab)
    guards = _other_guards(lab, door["GroupId"])
    if guards:
        return NotYet(
            "The endpoint has other security groups than `door`, so a rule of `door` alone does "
            "not decide who comes in.",
            expected=door["GroupId"],
            got=", ".join(guards),
            next_step="`ec2.modify_vpc_endpoint(VpcEndpointId=…, AddSecurityGroupIds=[…], "
            "RemoveSecurityGroupIds=[…])` changes them.",
        )
    wrong, inside = _inside(lab, rules)
    if wrong is not None:
        return wrong
    wide = _too_wide(rules, vpc.group)
    if not wide and network_of(lab).security_group(vpc.group).ingress:
        wide = "the till's own group lets something in as well"
    if wide:
        return NotYet(
            f"It works, and it is too open: {wide}.",
            expected=f"one rule: {ONE_RULE}",
            next_step="`close_door()`, and a rule that is narrower.",
        )
    return _outside(lab, inside)


def _inside(lab: CheckedLab, rules: list[dict[str, Any]]) -> tuple[Feedback | None, Sale]:
    """The till reads a secret that is new: what is wrong with that, and the sale."""
    # Who knows the length of the new secret has read it.
    length = _new_secret(lab)
    inside = sell_again(lab, ["secret"]) if rules else sell(lab, ["secret"])
    if not inside.run.ok:
        return _not_read(lab, inside, rules), inside
    if inside.run.payload.get("secret") == length:
        return None, inside
    wrong = NotYet(
        "The till gives an answer, and it is not the secret that is stored now.",
        evidence=inside.evidence,
        next_step="Run the cells `around` and `deploy` again.",
    )
    return wrong, inside


def _outside(lab: CheckedLab, inside: Sale) -> Feedback:
    """From outside, the same role has to be refused, and for want of the right."""
    asked = {_secret_asked_for(lab, each) for each in ("till", "outside")}
    if len(asked) > 1:
        return NotYet(
            "The function outside of the VPC asks for another secret than the till, so nothing is "
            "proved.",
            next_step="Run the cells `deploy` and `private-endpoint` again.",
        )
    outside = sell(lab, ["secret"], function="outside")
    said = str(outside.run.payload)
    if outside.run.ok:
        return NotYet(
            "The function outside of the VPC reads the secret, too.",
            evidence=outside.evidence,
            next_step="Run the cell `private-endpoint` again: it allows `read-secret` on a "
            "condition.",
        )
    if "AccessDenied" not in said:
        return NotYet(
            "The function outside of the VPC fails for another reason: nobody refused it. So "
            "nothing is proved.",
            expected="AccessDeniedException",
            evidence=outside.evidence,
            next_step="Run the cells `deploy` and `private-endpoint` again.",
        )
    return Right(
        "Yes: read in the VPC, and refused outside.",
        evidence=[*inside.evidence[:1], f"outside: {outside.run.error_type}"],
    )


def _secret_asked_for(lab: CheckedLab, function: str) -> str:
    found = lab.client("lambda").get_function_configuration(FunctionName=lab.name(function))
    return str(found.get("Environment", {}).get("Variables", {}).get("SECRET"))


def _not_read(lab: CheckedLab, inside: Sale, rules: list[dict[str, Any]]) -> Feedback:
    if "AccessDenied" in str(inside.run.payload):
        return NotYet(
            "The packets arrive, and Secrets Manager refuses the till: its role has no right.",
            evidence=inside.evidence,
            next_step="Run the cell `private-endpoint` again: it allows `read-secret`.",
        )
    if rules:
        lets_in = "; ".join(map(_said, rules))
        return NotYet(
            f"The till still does not read the secret. The endpoint's group lets in: {lets_in}.",
            expected=ONE_RULE,
            evidence=inside.evidence,
            next_step="`close_door()`, and another rule. "
            '`lab.reach(till, "secretsmanager")` draws where the packets end.',
        )
    if network_of(lab).security_group(vpc_of(lab).group).ingress:
        return NotYet(
            "The till still hangs: you opened the till's own group. The packets arrive at the "
            "endpoint, and its group lets nothing in.",
            evidence=inside.evidence,
            next_step="`close_door()`, and a rule for `door`.",
        )
    return NotAttempted(
        "The endpoint's group lets nothing in yet.",
        next_step='`lab.hint("private")` gives a first step.',
    )


def _new_secret(lab: CheckedLab) -> int:
    """Store a new secret, as a partner does now and then; its length."""
    text = token_hex(6) + "x" * randbelow(60)
    name = lab.name("partner", kind="secretsmanager:secret")
    lab.client("secretsmanager").put_secret_value(SecretId=name, SecretString=text)
    return len(text)


def _other_guards(lab: CheckedLab, door: str) -> list[str]:
    """The groups of Secrets Manager's endpoint, when they are not `door` alone."""
    own = [each for each in endpoints(lab, "Interface") if "secretsmanager" in each["ServiceName"]]
    groups = sorted({group["GroupId"] for each in own for group in each.get("Groups", [])})
    return [] if groups in ([door], []) else groups


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
