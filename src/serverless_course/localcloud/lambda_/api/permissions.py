"""Resource-based policies: who else may invoke a function or use a layer.

Source: Lambda API reference, AddPermission (read 2026-11).
"""

from __future__ import annotations

import json
import re
from typing import Any

from ...iam.conditions import Context, holds
from ...wire.errors import ServiceError
from ..function_version import parse_reference
from ..registry import (
    LATEST,
    FunctionRecord,
    Registry,
    function_not_found,
    qualifier_not_found,
)
from .call import Call
from .plane import ControlPlane, Operation
from .revisions import check_revision

NO_POLICY = "The resource you requested does not exist."
NOT_ASSOCIATED = "No policy is associated with the given resource."
# Lambda quotas (read 2026-11): a function's resource-based policy, 20 KB.
MAX_POLICY_BYTES = 20_480
_ACCOUNT = re.compile(r"\d{12}")
# IAM User Guide, "AWS JSON policy elements: Principal" (read 2026-11). Whether the user or the role
# exists is not checked.
_IDENTITY = re.compile(
    r"arn:aws[a-z-]*:(iam::\d{12}:(root|user/.+|role/.+)|sts::\d{12}:(assumed-role|federated-user)/.+)"
)


def add_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """AddPermission: the function, version or alias gets a new revision id, too."""
    name, qualifier = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    if qualifier == LATEST:
        raise ServiceError(
            "InvalidParameterValueException",
            "We currently do not support adding policies for $LATEST.",
            fields={"Type": "User"},
        )
    record = _function(plane, call, name)
    _check_exists(record, qualifier)
    # GetPolicy since a recording of 2025; GetFunction/GetAlias in one of 2022.
    check_revision(call.get("RevisionId"), record.revision_id(qualifier), "GetPolicy")
    statement = add_statement(record.policies, qualifier, record.qualified_arn(qualifier), call)
    record.renew_revision(qualifier)
    return {"Statement": statement}


def remove_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """RemovePermission."""
    name, qualifier = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    if record is None:
        arn = plane.registry.function_arn(call.region, name)
        raise _not_found(f"No policy found for: {arn}")
    _check_exists(record, qualifier)
    remove_statement(
        record.policies, qualifier, call, record.revision_id(qualifier), "GetFunction/GetAlias"
    )
    record.renew_revision(qualifier)
    return {}


def get_policy(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetPolicy, with the revision id of the function, version or alias."""
    name, qualifier = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    policy = record.policies.get(qualifier) if record else None
    if record is None or policy is None:
        raise _not_found(NO_POLICY)
    return {"Policy": json.dumps(policy), "RevisionId": record.revision_id(qualifier)}


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
        and str(statement["Action"]).lower() in (action.lower(), "lambda:*", "*")
        and holds(statement.get("Condition", {}), context)
        for statement in (policy["Statement"] if policy else [])
    )


def add_statement(policies: dict[Any, Any], key: Any, arn: str, call: Call) -> str:
    """Add a statement to the policy kept under ``key``, and give it as JSON."""
    policy = policies.get(key) or {"Version": "2012-10-17", "Id": "default", "Statement": []}
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
    longer = {**policy, "Statement": [*policy["Statement"], statement]}
    size = len(json.dumps(longer, separators=(",", ":")).encode())
    if size > MAX_POLICY_BYTES:
        raise ServiceError(
            "PolicyLengthExceededException",
            f"The final policy size ({size}) is bigger than the limit ({MAX_POLICY_BYTES}).",
            fields={"Type": "User"},
        )
    policies[key] = longer
    return json.dumps(statement)


def remove_statement(
    policies: dict[Any, Any], key: Any, call: Call, revision_id: str, where: str
) -> None:
    """Take a statement out of the policy kept under ``key``, if the revision id still holds."""
    policy = policies.get(key)
    if policy is None:
        raise _not_found(NOT_ASSOCIATED)
    sid = call["StatementId"]
    if all(statement["Sid"] != sid for statement in policy["Statement"]):
        raise _not_found(f"Statement {sid} is not found in resource policy.")
    check_revision(call.get("RevisionId"), revision_id, where)
    policy["Statement"] = [item for item in policy["Statement"] if item["Sid"] != sid]
    if not policy["Statement"]:
        del policies[key]


def _function(plane: ControlPlane, call: Call, name: str) -> FunctionRecord:
    record = plane.registry.region(call.region).functions.get(name)
    if record is None:
        raise function_not_found(plane.registry.function_arn(call.region, name))
    return record


def _check_exists(record: FunctionRecord, qualifier: str | None) -> None:
    if qualifier is not None and not record.has(qualifier):
        raise qualifier_not_found(record.arn, qualifier)


def _not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message, 404, fields={"Type": "User"})


def _principal(text: str) -> Any:
    if text == "*":
        return "*"
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if _IDENTITY.fullmatch(text):
        return {"AWS": text}
    if text.endswith((".amazonaws.com", ".amazon.com")):
        return {"Service": text}
    raise ServiceError(
        "InvalidParameterValueException",
        "The provided principal was invalid. Please check the principal and try again.",
    )


def _condition(call: Call) -> dict[str, Any]:
    """The conditions of an Add…Permission call, under the keys that AWS writes (recorded)."""
    found: dict[str, dict[str, str]] = {}
    for parameter, operator, key in (
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),
    ):
        if call.get(parameter):
            found.setdefault(operator, {})[key] = call[parameter]
    if call.get("InvokedViaFunctionUrl") is not None:
        value = str(call["InvokedViaFunctionUrl"]).lower()
        found["Bool"] = {"lambda:InvokedViaFunctionUrl": value}
    return found


OPERATIONS: dict[str, Operation] = {
    "AddPermission": add_permission,
    "RemovePermission": remove_permission,
    "GetPolicy": get_policy,
}
