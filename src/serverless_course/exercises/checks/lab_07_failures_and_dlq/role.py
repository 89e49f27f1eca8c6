"""What the lab's role may do with SQS: this one queue, and nothing else."""

from secrets import token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import queue_arn
from serverless_course.exercises.feedback import NotYet
from serverless_course.functions.configure import configure


def refuse_too_much(lab: CheckedLab) -> None:
    """Raise `NotYet` when the role of `orders` may do more with SQS than the lab needs.

    Its own policies are read for wildcards. Then a fresh queue is named as the dead-letter queue:
    Lambda must refuse that, since the role may not send to it.
    """
    for policy, statement in _statements(lab):
        actions = [action for action in _listed(statement.get("Action")) if _of_sqs(action)]
        wide = [action for action in actions if "*" in action]
        wide += [place for place in _listed(statement.get("Resource")) if actions and "*" in place]
        if statement.get("Effect") == "Allow" and wide:
            raise NotYet(
                f"It works, and the role may do too much: its policy {policy} allows {wide[0]}. "
                "Whoever finds a hole in this function can use all of that.",
                expected="sqs:SendMessage, on the ARN of this one queue",
                got=f"{', '.join(actions)} on {', '.join(_listed(statement.get('Resource')))}",
                next_step="Write that policy again, with one action and one resource.",
            )
    if _may_send_anywhere(lab):
        raise NotYet(
            "It works, and the role may do too much: Lambda took a queue as the target that this "
            "role has no business with. Is there a policy of AWS's attached to it?",
            expected="sqs:SendMessage, on the ARN of this one queue",
            next_step="Detach that policy; give the role one action on one resource.",
        )


def _statements(lab: CheckedLab) -> list[tuple[str, dict[str, Any]]]:
    """Each statement in the role's own policies, with the policy's name."""
    iam, role = lab.client("iam"), _configuration(lab)["Role"].rpartition("/")[2]
    found: list[tuple[str, dict[str, Any]]] = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        statements = document["Statement"]
        found += [(name, each) for each in _listed(statements)]
    return found


def _may_send_anywhere(lab: CheckedLab) -> bool:
    client, function = lab.client("lambda"), lab.name("orders")
    before = (_configuration(lab).get("DeadLetterConfig") or {}).get("TargetArn", "")
    sqs = lab.client("sqs")
    # AWS refuses a name for 60 s after its queue was deleted (SQS API reference, CreateQueue).
    short = f"not-yours-{token_hex(4)}"
    url = sqs.create_queue(QueueName=lab.name(short, kind="sqs:queue"))["QueueUrl"]

    def name_as_target(arn: str) -> None:
        configure(client, function, permissions_spread=False, DeadLetterConfig={"TargetArn": arn})

    try:
        name_as_target(queue_arn(lab, short))
    except client.exceptions.InvalidParameterValueException:
        return False
    else:
        name_as_target(before)
        return True
    finally:
        sqs.delete_queue(QueueUrl=url)


def _configuration(lab: CheckedLab) -> dict[str, Any]:
    found: dict[str, Any] = lab.client("lambda").get_function_configuration(
        FunctionName=lab.name("orders")
    )
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _of_sqs(action: str) -> bool:
    return action == "*" or action.lower().startswith("sqs:")
