"""What Secrets Manager refuses, and how: moto takes some of it, and answers 404 without Message.

Sources: as recorded from AWS (localstack's ``test_secretsmanager``, 2023 to 2025: names, secrets
that are scheduled for deletion, status 400 and the member Message); API Reference, section Errors
of each operation (read 2026-11). Words that are not recorded are AWS's as quoted in public error
reports (a missing stage, a deleted secret, a rotation without a function).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..wire.errors import ServiceError
from .seam import add, when_imported
from .watchers import wrap

NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")
# A name or an ARN.
ID = re.compile(r"[A-Za-z0-9/_+=.@!:-]{1,2048}")
BAD_NAME = (
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
    "following: -/_+=.@!"
)
BOTH = "You can't specify both a binary secret value and a string secret value in the same secret."
SCHEDULED = (
    "You can't create this secret because a secret with this name is already scheduled for "
    "deletion."
)
DELETED = "You can't perform this operation on the secret because it was marked for deletion."
NO_FUNCTION = "No Lambda rotation function ARN is associated with this secret."
NO_STAGE = "Secrets Manager can't find the specified secret value for staging label"
BAD_POLICY = "This resource policy contains invalid Json."
TOKENLESS = "You must provide a ClientRequestToken value. We recommend a UUID-type value."
PUBLIC = (
    "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad "
    "access to the secret."
)
NO_REPLICAS = (
    "The embedded cloud does not offer AddReplicaRegions of CreateSecret. It copies no secrets to "
    "other Regions. Leave it out."
)
# Given moto's response object and the secret that the call names, if there is one.
Check = Callable[[Any, Any], None]
_CALLING = re.compile(
    r"(?:\w+: )?An error occurred \((\w+)\)\s+when calling the \w+ operation:\s*(.*)", re.DOTALL
)


def install() -> None:
    """Refuse it when Secrets Manager is imported."""
    when_imported("moto.secretsmanager.responses", _rules)


def _rules() -> None:
    from moto.secretsmanager.responses import SecretsManagerResponse  # noqa: PLC0415

    def checking(checks: tuple[Check, ...]) -> Callable[[Any, Any], Any]:
        def answer(original: Any, response: Any) -> Any:
            named = response._get_param("SecretId")
            secret = response.backend.secrets.get(named) if named else None
            for check in checks:
                check(response, secret)
            return original(response)

        return answer

    def call_action(original: Any, response: Any) -> Any:
        named = response._get_param("SecretId")
        if named and not ID.fullmatch(str(named)):
            raise ServiceError("ValidationException", BAD_NAME)
        status, headers, body = original(response)
        if status >= 400:
            raise _as_aws(json.loads(body))
        return status, headers, body

    for name, checks in CHECKS.items():
        wrap(SecretsManagerResponse, name, checking(checks))
    add(SecretsManagerResponse, "validate_resource_policy", _validated)
    wrap(SecretsManagerResponse, "call_action", call_action)


def _with_token(code: str) -> Check:
    """Every SDK and the AWS CLI send one; a request without it is refused with ``code``."""

    def check(response: Any, _: Any) -> None:
        if not response._get_param("ClientRequestToken"):
            raise ServiceError(code, TOKENLESS, fields={"Type": None, "message": None})

    return check


def _new(response: Any, _: Any) -> None:
    if response._get_param("AddReplicaRegions"):
        raise ServiceError("NotImplemented", NO_REPLICAS, 501)
    name = response._get_param("Name") or ""
    if not NAME.fullmatch(name):
        raise ServiceError("ValidationException", BAD_NAME)
    secret = response.backend.secrets.get(name)
    if secret is not None and secret.is_deleted():
        raise ServiceError("InvalidRequestException", SCHEDULED)


def _alive(_: Any, secret: Any) -> None:
    if secret is not None and secret.is_deleted():
        raise ServiceError("InvalidRequestException", DELETED)


def _one_value(response: Any, _: Any) -> None:
    if response._get_param("SecretString") and response._get_param("SecretBinary"):
        raise ServiceError("InvalidParameterException", BOTH)


def _staged(response: Any, secret: Any) -> None:
    stage = response._get_param("VersionStage")
    if secret is None or not stage or response._get_param("VersionId"):
        return
    if not any(stage in each["version_stages"] for each in secret.versions.values()):
        raise ServiceError("ResourceNotFoundException", f"{NO_STAGE}: {stage}")


def _policy(response: Any, _: Any) -> None:
    document = _document(response)
    if response._get_param("BlockPublicPolicy") and _lets_everybody(document):
        raise ServiceError("PublicPolicyException", PUBLIC)


def _document(response: Any) -> dict[str, Any]:
    try:
        document = json.loads(response._get_param("ResourcePolicy") or "")
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ServiceError("MalformedPolicyDocumentException", BAD_POLICY)
    return document


def _lets_everybody(document: dict[str, Any]) -> bool:
    """Whether a statement allows everybody something without a condition."""
    statements = document.get("Statement") or []
    for each in statements if isinstance(statements, list) else [statements]:
        if not isinstance(each, dict) or each.get("Effect") != "Allow" or each.get("Condition"):
            continue
        who = each.get("Principal")
        named = who.get("AWS") if isinstance(who, dict) else who
        if "*" in (named if isinstance(named, list) else [named]):
            return True
    return False


def _validated(response: Any) -> str:
    """ValidateResourcePolicy: is it JSON, does it let everybody; the words are ours."""
    public = _lets_everybody(_document(response))
    text = "The policy allows everybody something without a condition."
    errors = [{"CheckName": "BroadAccess", "ErrorMessage": text}] if public else []
    return json.dumps({"PolicyValidationPassed": not public, "ValidationErrors": errors})


def _rotatable(response: Any, secret: Any) -> None:
    named = response._get_param("RotationLambdaARN")
    if secret is not None and not (named or secret.rotation_lambda_arn):
        raise ServiceError("InvalidRequestException", NO_FUNCTION)


# By the name of moto's method.
CHECKS: Mapping[str, tuple[Check, ...]] = {
    "create_secret": (_with_token("InvalidRequestException"), _new, _one_value),
    "cancel_rotate_secret": (_alive,),
    "delete_resource_policy": (_alive,),
    "get_resource_policy": (_alive,),
    "get_secret_value": (_alive, _staged),
    "put_resource_policy": (_alive, _policy),
    "put_secret_value": (_with_token("InvalidRequestException"), _alive, _one_value),
    "rotate_secret": (_with_token("InvalidParameterException"), _alive, _rotatable),
    "tag_resource": (_alive,),
    "untag_resource": (_alive,),
    "update_secret": (_with_token("InvalidRequestException"), _alive, _one_value),
    "update_secret_version_stage": (_alive,),
}


def _as_aws(refusal: dict[str, Any]) -> ServiceError:
    """moto's refusal with AWS's status and members, and without a client's words around it."""
    code = str(refusal.get("__type") or "")
    text = " ".join(str(refusal.get("message") or "").split())
    inner = _CALLING.fullmatch(text)
    if inner:
        code, text = inner[1], inner[2]
    if "currently marked deleted" in text:
        text = DELETED
    return ServiceError(code, text)
