"""Check Lambda control-plane requests against botocore's own service model, in AWS's words.

Source of shapes and limits: botocore ``lambda/2015-03-31`` (version pinned in constraints.txt).
Where that model's maximum holds only for another compute type, the documented limit of
default compute stands in `DOCUMENTED`.
"""

from __future__ import annotations

import base64
import json
import re
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

from .errors import ServiceError
from .http import Request

# Lambda Developer Guide, "Lambda quotas" (read 2026): Managed Instances have higher maxima.
DOCUMENTED = {"MemorySize": (128, 10_240), "Timeout": (1, 900)}
CHECKED = ("CreateFunction", "UpdateFunctionConfiguration")


@lru_cache(maxsize=1)
def model() -> ServiceModel:
    """Lambda's service model."""
    return botocore.session.Session().get_service_model("lambda")


def check(request: Request, runnable: list[str]) -> None:
    """Refuse a CreateFunction or UpdateFunctionConfiguration that AWS would refuse.

    ``runnable`` are the runtime names this machine can run. Raises `ServiceError`.
    """
    operation = _operation(request)
    if operation is None:
        return
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise ServiceError(
            "SerializationException", "Could not parse request body into json."
        ) from error
    if not isinstance(body, dict):
        raise ServiceError(
            "SerializationException", "The request body must be a JSON object of parameters."
        )
    shape = model().operation_model(operation).input_shape
    problems = [text for name, value in body.items() for text in _check(shape, name, value)]
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ServiceError("ValidationException", count + "; ".join(problems))
    if operation == "CreateFunction":
        _check_zip(body)
    _check_runtime(body, runnable)


def _operation(request: Request) -> str | None:
    if request.method == "POST" and re.fullmatch(r"/2015-03-31/functions/?", request.path):
        return "CreateFunction"
    if request.method == "PUT" and re.fullmatch(
        r"/2015-03-31/functions/[^/]+/configuration", request.path
    ):
        return "UpdateFunctionConfiguration"
    return None


def _check(shape: Any, name: str, value: Any) -> list[str]:
    member = shape.members.get(name)
    if member is None or value is None or name == "Runtime":
        return []
    return _check_value(member, name, value)


def _check_value(member: Shape, name: str, value: Any) -> list[str]:
    label = name[0].lower() + name[1:]
    start = f"Value '{value}' at '{label}' failed to satisfy constraint: Member must "
    if isinstance(value, dict) and member.type_name == "structure":
        inner = getattr(member, "members", {})
        return [
            text.replace("at '", f"at '{label}.", 1)
            for key, item in value.items()
            if key in inner
            for text in _check_value(inner[key], key, item)
        ]
    limits = member.metadata
    low, high = DOCUMENTED.get(name, (limits.get("min"), limits.get("max")))
    problem = None
    if isinstance(value, int) and not isinstance(value, bool):
        problem = _range_problem(value, low, high, "have value")
    elif isinstance(value, str) and member.type_name == "string":
        problem = _range_problem(len(value), low, high, "have length")
        pattern = limits.get("pattern")
        if problem is None and member.enum and value not in member.enum:
            problem = f"satisfy enum value set: [{', '.join(member.enum)}]"
        if problem is None and pattern and not re.fullmatch(pattern, value):
            problem = f"satisfy regular expression pattern: {pattern}"
    return [] if problem is None else [start + problem]


def _range_problem(size: int, low: int | None, high: int | None, what: str) -> str | None:
    if low is not None and size < low:
        return f"{what} greater than or equal to {low}"
    if high is not None and size > high:
        return f"{what} less than or equal to {high}"
    return None


def _check_zip(body: dict[str, Any]) -> None:
    if body.get("PackageType", "Zip") != "Zip":
        return
    if not body.get("Handler") or not body.get("Runtime"):
        raise ServiceError(
            "InvalidParameterValueException",
            "Runtime and Handler are mandatory parameters for functions created with "
            "deployment packages.",
        )
    data = body.get("Code", {}).get("ZipFile")
    if data is None:
        return
    try:
        raw = base64.b64decode(data, validate=True)
    except ValueError:
        raw = b""
    if not raw.startswith(b"PK"):
        raise ServiceError(
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        )


def _check_runtime(body: dict[str, Any], runnable: list[str]) -> None:
    runtime = body.get("Runtime")
    if runtime is None:
        return
    known = model().shape_for("Runtime").enum
    if runtime not in known:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy "
            f"enum value set: [{', '.join(known)}] or be a valid ARN",
        )
    if runtime not in runnable:
        raise ServiceError(
            "InvalidParameterValueException",
            f"AWS knows the runtime {runtime}, but this machine cannot run it. "
            f"It can run: {', '.join(runnable)}.",
        )
