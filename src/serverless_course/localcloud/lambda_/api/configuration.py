"""A function's settings: defaults, and what Lambda refuses beyond the service model's limits."""

from __future__ import annotations

import json
from typing import Any

from ...wire.errors import ServiceError
from ...wire.rest_json import model
from ...wire.runtime_values import CREATABLE, can_be_created
from ..code_store import MAX_UNZIPPED_BYTES
from ..durable import durable_config
from ..environment.runtimes import version_arn
from ..not_offered import SETTINGS, not_offered, refuse
from .layers import LayerReference
from .plane import ControlPlane

MAX_ENVIRONMENT_BYTES = 4096
# Who assumes an execution role.
ROLE_USER = "lambda.amazonaws.com"
# Lambda Developer Guide, "Defined runtime environment variables" (read 2026-11).
RESERVED_KEYS = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
# SnapStart is for Java 11, Python 3.12, .NET 8 and later (docs "SnapStart", read 2026-11).
NO_SNAPSTART = ("python3.8", "python3.9", "python3.10", "python3.11", "nodejs", "ruby", "provided")
# What a role needs, so that Lambda can connect a function to a VPC.
NETWORK_ACTIONS = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
# Settings that are shown as they were given.
PLAIN = (
    "Role",
    "Handler",
    "Description",
    "Timeout",
    "MemorySize",
    "Runtime",
    "EphemeralStorage",
    "Architectures",
)


def defaults(plane: ControlPlane, name: str, region: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a new function has when nothing was chosen."""
    found: dict[str, Any] = {
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": logging_config(name, given.get("LoggingConfig") or {}, {}),
    }
    if given.get("Runtime"):
        found["RuntimeVersionConfig"] = runtime_version(plane, region, given["Runtime"])
    return found


def chosen(
    plane: ControlPlane,
    region: str,
    given: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The settings that a caller chose, in the members of FunctionConfiguration.

    None stands for what the caller took away. ``before`` is there for a function that exists.
    """
    found = {name: given[name] for name in PLAIN if given.get(name) is not None}
    target = (given.get("DeadLetterConfig") or {}).get("TargetArn")
    if target is not None:
        found["DeadLetterConfig"] = {"TargetArn": target} if target else None
    if given.get("KMSKeyArn") is not None:
        found["KMSKeyArn"] = given["KMSKeyArn"] or None
    if (given.get("TracingConfig") or {}).get("Mode"):
        found["TracingConfig"] = {"Mode": given["TracingConfig"]["Mode"]}
    if given.get("Environment") is not None:
        found["Environment"] = {"Variables": dict(given["Environment"].get("Variables") or {})}
    if given.get("VpcConfig") is not None:
        found["VpcConfig"] = vpc_config(plane, region, given["VpcConfig"])
    durable = durable_config.chosen(given, before)
    if durable is not None:
        found["DurableConfig"] = durable
    return found


def vpc_config(plane: ControlPlane, region: str, given: dict[str, Any]) -> dict[str, Any]:
    """VpcConfig as it is shown. Raises `ServiceError` for what is not in one VPC."""
    subnet_ids = list(given.get("SubnetIds") or [])
    group_ids = list(given.get("SecurityGroupIds") or [])
    return {
        "SubnetIds": subnet_ids,
        "SecurityGroupIds": group_ids,
        "VpcId": plane.vpc.vpc_of(region, subnet_ids, group_ids),
        "Ipv6AllowedForDualStack": bool(given.get("Ipv6AllowedForDualStack")),
    }


def logging_config(name: str, given: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """LoggingConfig with its defaults: text, or JSON with both levels at INFO."""
    found = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}", **before, **given}
    if found["LogFormat"] == "JSON":
        return {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **found}
    for level in ("ApplicationLogLevel", "SystemLogLevel"):
        if level in given:
            raise ServiceError(
                "InvalidParameterValueException",
                f"{level} is only supported with LogFormat JSON.",
            )
        found.pop(level, None)
    return found


def runtime_version(plane: ControlPlane, region: str, runtime: str) -> dict[str, Any]:
    """RuntimeVersionConfig: the runtime version that this machine runs."""
    return {"RuntimeVersionArn": version_arn(plane.runtimes.named(runtime), region)}


def check(
    plane: ControlPlane,
    given: dict[str, Any],
    *,
    created: bool = False,
    before: dict[str, Any] | None = None,
) -> None:
    """Refuse settings that Lambda refuses. Raises `ServiceError` in its words."""
    if given.get("PackageType") == "Image":
        raise not_offered("PackageType Image", "container images")
    refuse(given, SETTINGS)
    durable_config.chosen(given, before)
    if created and not (given.get("Handler") and given.get("Runtime")):
        raise ServiceError(
            "InvalidParameterValueException",
            "Runtime and Handler are mandatory parameters for functions created with "
            "deployment packages.",
        )
    if given.get("Runtime") is not None:
        check_runtime(plane, given["Runtime"])
    if given.get("Environment") is not None:
        check_environment(given["Environment"].get("Variables") or {})
    if given.get("Role") is not None and not plane.services.identity.trusts_service(
        given["Role"], ROLE_USER
    ):
        raise ServiceError(
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        )
    role = given.get("Role") or (before or {}).get("Role", "")
    check_tracing(plane, role, given, before or {})
    check_vpc(plane, role, given.get("VpcConfig") or {})
    if (given.get("SnapStart") or {}).get("ApplyOn") == "PublishedVersions":
        raise snap_start_refused(given.get("Runtime") or (before or {}).get("Runtime", ""))
    target = (given.get("DeadLetterConfig") or {}).get("TargetArn")
    if target:
        check_dead_letter(plane, role, target)


def check_runtime(plane: ControlPlane, runtime: str) -> None:
    """Refuse a runtime that AWS does not know, or that this machine cannot run."""
    if runtime == "custom":
        raise not_offered("Runtime custom", SETTINGS["RuntimeConfig"])
    if not can_be_created(runtime) and runtime in model().shape_for("Runtime").enum:
        # As users quote it of python3.7, nodejs12.x and dotnetcore3.1 (2023 to 2026).
        raise ServiceError(
            "InvalidParameterValueException",
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            "AWS Lambda functions. We recommend you use a supported runtime while creating or "
            "updating functions.",
        )
    if not can_be_created(runtime):
        raise ServiceError(
            "InvalidParameterValueException",
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy "
            f"enum value set: [{', '.join(CREATABLE)}] or be a valid ARN",
        )
    if not plane.runtimes.has(runtime):
        raise ServiceError(
            "InvalidParameterValueException",
            f"AWS knows the runtime {runtime}, but this machine cannot run it. "
            f"It can run: {', '.join(plane.runtimes.names)}.",
        )


def check_environment(variables: dict[str, str]) -> None:
    """Refuse reserved keys, and more than 4 KB (Lambda quotas, read 2026-11)."""
    reserved = sorted(set(variables) & RESERVED_KEYS)
    start = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided "
    )
    if reserved:
        raise ServiceError(
            "InvalidParameterValueException",
            f"{start}contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}",
        )
    text = json.dumps(variables, separators=(",", ":"))
    if len(text.encode()) > MAX_ENVIRONMENT_BYTES:
        raise ServiceError(
            "InvalidParameterValueException",
            f"{start}exceeded the 4KB limit. String measured: {text}",
        )


def check_tracing(
    plane: ControlPlane, role: str, given: dict[str, Any], before: dict[str, Any]
) -> None:
    """Refuse active tracing to a role that may not send segments.

    AWS's words: serverless/serverless issue 6931 (2019), coinbase/fenrir pull request 1 (2019).
    That xray:PutTelemetryRecords is not looked at, and that a new role of a function with active
    tracing is, are guesses.
    """
    tracing = given.get("TracingConfig") or before.get("TracingConfig") or {}
    asked = given.get("TracingConfig") or given.get("Role")
    if not asked or tracing.get("Mode") != "Active":
        return
    if not plane.services.identity.role_allows(role, "xray:PutTraceSegments", "*"):
        raise ServiceError(
            "InvalidParameterValueException",
            "The provided execution role does not have permissions to call PutTraceSegments on "
            "XRAY",
        )


def check_vpc(plane: ControlPlane, role: str, given: dict[str, Any]) -> None:
    """Refuse subnets without security groups, and a role that may not make network interfaces.

    Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"
    (read 2026-11).
    """
    if bool(given.get("SubnetIds")) != bool(given.get("SecurityGroupIds")):
        raise ServiceError(
            "InvalidParameterValueException",
            "SubnetIds and SecurityIds must coexist or be both empty list.",
        )
    for action in NETWORK_ACTIONS if given.get("SubnetIds") else ():
        if not plane.services.identity.role_allows(role, f"ec2:{action}", "*"):
            raise ServiceError(
                "InvalidParameterValueException",
                f"The provided execution role does not have permissions to call {action} on EC2",
            )


def snap_start_refused(runtime: str) -> ServiceError:
    """AWS's words for a runtime that has no SnapStart there; ours for one that has it."""
    if runtime.startswith(NO_SNAPSTART):
        return ServiceError(
            "InvalidParameterValueException",
            f"{runtime} is not supported for SnapStart enabled functions.",
        )
    return not_offered("SnapStart PublishedVersions", "Lambda SnapStart")


def check_dead_letter(plane: ControlPlane, role: str, target: str) -> None:
    """Refuse a dead-letter target that is no queue or topic, or that the role may not write to.

    Source: Lambda Developer Guide, "Adding a dead-letter queue" (read 2026-11).
    """
    service = target.split(":")[2] if target.count(":") >= 5 else ""
    action = {"sqs": ("SendMessage", "SQS"), "sns": ("Publish", "SNS")}.get(service)
    if action is None or target.endswith(".fifo"):
        raise ServiceError(
            "InvalidParameterValueException",
            f"The dead-letter target {target} must be a standard SQS queue or a standard SNS "
            "topic.",
        )
    if not plane.services.identity.role_allows(role, f"{service}:{action[0]}", target):
        raise ServiceError(
            "InvalidParameterValueException",
            f"The provided execution role does not have permissions to call {action[0]} on "
            f"{action[1]}",
        )


def check_total_size(plane: ControlPlane, code_key: str, layers: list[LayerReference]) -> None:
    """Refuse code that is too large together with its layers (250 MB unzipped)."""
    if not layers:
        return
    size = sum(plane.code.size(key) for key in (code_key, *(ref.code_key for ref in layers)))
    if size > MAX_UNZIPPED_BYTES:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Function code combined with layers exceeds the maximum allowed size of "
            f"{MAX_UNZIPPED_BYTES} bytes. The actual size is {size} bytes.",
        )
