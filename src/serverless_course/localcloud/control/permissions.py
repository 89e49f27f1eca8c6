"""Resource-based policies: who else may invoke a function or use a layer.

Source: Lambda API reference, AddPermission (read 2026-11).
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..conditions import Context, holds
from ..errors import ServiceError
from ..function_version import parse_reference
from .plane import Call, ControlPlane, Operation, check_revision, revision
from .registry import FunctionRecord, Registry

NO_POLICY = "The resource you requested does not exist."
_ACCOUNT = re.compile(r"\d{12}")


def add_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """AddPermission."""
    found = plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier"))
    return add_statement(found.record.policies, found.qualifier, found.arn, call)


def remove_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """RemovePermission."""
    found = plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier"))
    return remove_statement(found.record.policies, found.qualifier, call)


def get_policy(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetPolicy."""
    found = plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier"))
    return policy_answer(found.record.policies, found.qualifier)


def allows_service(
    record: FunctionRecord, qualifier: str | None, service: str, source_arn: str
) -> bool:
    """Whether a service, such as ``sns.amazonaws.com``, may invoke the function for a source."""
    policy = record.policies.get(qualifier)
    for statement in policy["Statement"] if policy else []:
        principal = statement["Principal"]
        named = principal == "*" or principal.get("Service") == service
        if named and statement["Effect"] == "Allow" and _condition_holds(statement, source_arn):
            return True
    return False


def allows_caller(
    registry: Registry, arn: str, action: str, callers: tuple[str, ...], context: Context
) -> bool:
    """Whether a function's policy itself grants an action to one of these users or roles.

    ``arn`` may have a qualifier. Source: IAM User Guide, "Policy evaluation for requests within a
    single account" (read 2026-11): naming the caller suffices, naming the account does not.
    """
    reference = parse_reference(arn)
    if reference is None or reference.region is None:
        return False
    record = registry.region(reference.region).functions.get(reference.name)
    policy = record.policies.get(reference.qualifier) if record is not None else None
    return any(
        isinstance(statement["Principal"], dict)
        and statement["Principal"].get("AWS") in callers
        and statement["Action"] in (action, "lambda:*")
        and holds(statement.get("Condition", {}), context)
        for statement in (policy["Statement"] if policy else [])
    )


def add_statement(policies: dict[Any, Any], key: Any, arn: str, call: Call) -> dict[str, Any]:
    """Add a statement to the policy kept under ``key``; the answer of an Add…Permission call."""
    policy = policies.get(key) or {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [],
        "RevisionId": revision(),
    }
    check_revision(call.get("RevisionId"), policy["RevisionId"])
    sid = call["StatementId"]
    if any(statement["Sid"] == sid for statement in policy["Statement"]):
        raise ServiceError(
            "ResourceConflictException",
            f"The statement id ({sid}) provided already exists. Please provide a new statement "
            "id, or remove the existing statement.",
            409,
            fields={"Type": "User"},
        )
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": _principal(call["Principal"]),
        "Action": call["Action"],
        "Resource": arn,
    }
    condition = _condition(call)
    if condition:
        statement["Condition"] = condition
    policy["Statement"].append(statement)
    policy["RevisionId"] = revision()
    policies[key] = policy
    return {"Statement": json.dumps(statement), "RevisionId": policy["RevisionId"]}


def remove_statement(policies: dict[Any, Any], key: Any, call: Call) -> dict[str, Any]:
    """Take a statement out of the policy kept under ``key``."""
    policy = policies.get(key)
    sid = call["StatementId"]
    if policy is None or all(statement["Sid"] != sid for statement in policy["Statement"]):
        raise ServiceError(
            "ResourceNotFoundException",
            f"Statement {sid} is not found in resource policy.",
            404,
            fields={"Type": "User"},
        )
    check_revision(call.get("RevisionId"), policy["RevisionId"])
    policy["Statement"] = [item for item in policy["Statement"] if item["Sid"] != sid]
    policy["RevisionId"] = revision()
    if not policy["Statement"]:
        del policies[key]
    return {}


def policy_answer(policies: dict[Any, Any], key: Any) -> dict[str, Any]:
    """The answer of a Get…Policy call."""
    policy = policies.get(key)
    if policy is None:
        raise ServiceError("ResourceNotFoundException", NO_POLICY, 404, fields={"Type": "User"})
    shown = {name: value for name, value in policy.items() if name != "RevisionId"}
    return {"Policy": json.dumps(shown), "RevisionId": policy["RevisionId"]}


def _principal(text: str) -> Any:
    if text == "*":
        return "*"
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if text.startswith("arn:"):
        return {"AWS": text}
    if text.endswith((".amazonaws.com", ".amazon.com")):
        return {"Service": text}
    raise ServiceError(
        "InvalidParameterValueException",
        "The provided principal was invalid. Please check the principal and try again.",
    )


def _condition(call: Call) -> dict[str, Any]:
    found: dict[str, dict[str, str]] = {}
    for parameter, operator, key in (
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ):
        if call.get(parameter):
            found.setdefault(operator, {})[key] = call[parameter]
    if call.get("InvokedViaFunctionUrl") is not None:
        value = str(call["InvokedViaFunctionUrl"]).lower()
        found["Bool"] = {"lambda:InvokedViaFunctionUrl": value}
    return found


def _condition_holds(statement: dict[str, Any], source_arn: str) -> bool:
    wanted = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")
    if wanted is None:
        return True
    pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, source_arn) is not None


OPERATIONS: dict[str, Operation] = {
    "AddPermission": add_permission,
    "RemovePermission": remove_permission,
    "GetPolicy": get_policy,
}
