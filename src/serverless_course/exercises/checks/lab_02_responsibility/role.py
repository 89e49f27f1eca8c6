"""The role of orders: what it needs, and nothing more, found by trying calls with it."""

from random import SystemRandom
from secrets import token_hex
from typing import Any

from serverless_course.exercises.audited_shop import topic_arn
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.shop import (
    log_of,
    now_ms,
    sell,
    settings_of,
    soon,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import several
from serverless_course.exercises.role_probe import Calls, tried, was_refused
from serverless_course.exercises.task import task

FEWEST = "dynamodb:PutItem on the table, secretsmanager:GetSecretValue on the secret, its own logs"


TRIED = 10


def calls_to_try(lab: CheckedLab) -> Calls:
    """Calls that a shop's order function has no business with; none of them changes anything.

    What they name is drawn, where it may be: it does not exist, and a refusal comes before that.
    """
    table = lab.name("orders", kind="dynamodb:table")
    other = f"other-{token_hex(4)}"
    key = {"order": {"N": "-1"}}
    refunds = {"FunctionName": lab.name("refunds")}
    return {
        "read all orders": ("dynamodb", "scan", {"TableName": table}),
        "read an order": ("dynamodb", "get_item", {"TableName": table, "Key": key}),
        "delete an order": ("dynamodb", "delete_item", {"TableName": table, "Key": key}),
        "write to another table": ("dynamodb", "put_item", {"TableName": other, "Item": key}),
        "list the tables": ("dynamodb", "list_tables", {}),
        "read another secret": ("secretsmanager", "get_secret_value", {"SecretId": other}),
        "list the secrets": ("secretsmanager", "list_secrets", {}),
        "read another function": ("lambda", "get_function_configuration", refunds),
        "list the functions": ("lambda", "list_functions", {}),
        "list the buckets": ("s3", "list_buckets", {}),
        "read a bucket": ("s3", "list_objects_v2", {"Bucket": other}),
        "list the roles": ("iam", "list_roles", {}),
        "list the users": ("iam", "list_users", {}),
        "read another role": ("iam", "get_role", {"RoleName": other}),
        "list the queues": ("sqs", "list_queues", {}),
        "find a queue": ("sqs", "get_queue_url", {"QueueName": other}),
        "list the topics": ("sns", "list_topics", {}),
        "read the topic": ("sns", "get_topic_attributes", {"TopicArn": topic_arn(lab)}),
        "list the parameters": ("ssm", "describe_parameters", {}),
        "list the networks": ("ec2", "describe_vpcs", {}),
    }


def what_orders_may(lab: CheckedLab) -> dict[str, str]:
    """Ten calls, drawn each time, made with the role of orders: ``allowed``, or the refusal."""
    settings = settings_of(lab, "orders")
    pool = calls_to_try(lab)
    calls = {name: pool[name] for name in SystemRandom().sample(list(pool), TRIED)}
    said = tried(lab, settings["Role"], settings["Runtime"], calls)
    # An error for another reason is an answer to somebody who may ask.
    return {name: code if was_refused(code) else "allowed" for name, code in said.items()}


@task("role", needs_answer=False, time_limit_s=120)
def role(lab: CheckedLab, answer: Any) -> Feedback:
    """Fresh orders are taken and logged; ten calls with the same role are refused."""
    began_ms = now_ms()
    _, run = sell(lab, renewed=True)
    said = what_orders_may(lab)
    allowed = [name for name, code in said.items() if code == "allowed"]
    evidence = [f"{name}: {code}" for name, code in said.items()]
    if len(allowed) == len(said) and _is_planted(lab):
        raise NotAttempted(
            f"The role of orders may still do everything: {len(said)} of {len(said)} calls that it "
            "does not need were allowed.",
            evidence=evidence,
            next_step='`lab.hint("role")` gives a first step.',
        )
    if allowed:
        return NotYet(
            f"The shop sells, and its role may do too much: {', '.join(allowed[:3])}"
            f"{' and more' if len(allowed) > 3 else ''}. Whoever finds a hole in this function "
            "can do that, too.",
            expected=FEWEST,
            got=f"{len(allowed)} of {len(said)} calls allowed",
            evidence=evidence,
            next_step="Name actions and resources one by one; take every wildcard out.",
        )
    wide = _wide_statements(lab)
    if wide:
        return NotYet(
            f"The {len(said)} calls that the check drew are refused; and {wide[0]}. A star allows "
            "what nobody has thought of, and AWS adds actions every week.",
            expected=FEWEST,
            next_step="Name what is allowed, action by action.",
        )
    written = soon(lambda: [x for x in log_of(lab, "orders", began_ms) if run.request_id in x])
    if not written:
        return NotYet(
            "The shop sells, and nobody can see it any more: the fresh order is not in the log. "
            "The role may not write it.",
            expected=FEWEST,
            next_step="Allow logs:CreateLogStream and logs:PutLogEvents on the group of orders.",
        )
    return Right(
        f"Yes: fresh orders are stored, signed and logged, and all {len(said)} other calls were "
        "refused.",
        evidence=evidence,
        not_checked=["every other call that AWS has: ten were tried"],
    )


def _wide_statements(lab: CheckedLab) -> list[str]:
    """Allowing statements of the role's own policies with a star for an action, or NotAction."""
    role_name = settings_of(lab, "orders")["Role"].rpartition("/")[2]
    iam = lab.client("iam")
    found = []
    for policy_name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)
        for each in several(document["PolicyDocument"]["Statement"]):
            stars = [action for action in several(each.get("Action", "*")) if action.endswith("*")]
            if each["Effect"] == "Allow" and stars:
                what = stars[0] if "Action" in each else "all but NotAction"
                found.append(f"the policy {policy_name} allows {what}")
    return found


def _is_planted(lab: CheckedLab) -> bool:
    name = lab.name("orders-role", kind="iam:role")
    iam = lab.client("iam")
    own = iam.list_role_policies(RoleName=name)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    used = settings_of(lab, "orders")["Role"].endswith(f"/{name}")
    return used and own == ["what-it-may"] and not attached
