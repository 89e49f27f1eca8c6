"""Parameter Store and Secrets Manager. Source: Service Authorization Reference (read 2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need


def parameters(asked: Asked) -> list[Need]:
    """Systems Manager: parameters; what else it has is asked for on ``*``."""
    action = f"ssm:{asked.operation}"
    if asked.operation in ("GetParameters", "DeleteParameters"):
        names = [str(name) for name in asked.get("Names") or []]
    elif asked.operation == "GetParametersByPath":
        names = asked.given("Path")
    elif asked.text("ResourceType") == "Parameter":
        names = asked.given("ResourceId")
    else:
        names = asked.given("Name") if "Parameter" in asked.operation else []
    return [Need(action, _parameter(asked, name)) for name in names] or [Need(action, ANY)]


def _parameter(asked: Asked, name: str) -> str:
    if name.startswith("arn:"):
        return name
    path = name.partition(":")[0].strip("/")
    return asked.arn("ssm", f"parameter/{path}")


def secrets(asked: Asked) -> list[Need]:
    """Secrets Manager: the secret's whole ARN, with the six characters that end it."""
    action = f"secretsmanager:{asked.operation}"
    if asked.operation == "BatchGetSecretValue":
        listed = [Need(action)]
        named = asked.get("SecretIdList") or []
        filters = asked.get("Filters") or []
        if filters:
            listed.append(Need("secretsmanager:ListSecrets"))
            named = [*named, *asked.names.filtered_secrets(asked.region, filters)]
        return listed + [
            Need("secretsmanager:GetSecretValue", _secret(asked, str(name))) for name in named
        ]
    name = asked.text("Name" if asked.operation == "CreateSecret" else "SecretId")
    function = asked.text("RotationLambdaARN")
    context = {"secretsmanager:rotationlambdaarn": function} if function else {}
    needed = [Need(action, _secret(asked, name) if name else ANY, context)]
    return needed + ([Need("lambda:InvokeFunction", function)] if function else [])


def _secret(asked: Asked, name: str) -> str:
    return asked.names.secret_arn(asked.region, name)
