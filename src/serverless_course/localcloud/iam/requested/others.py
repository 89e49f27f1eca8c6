"""Services whose resource is one parameter. Source: Service Authorization Reference (2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need

# By service: parameters, and the end of the ARN that they stand for.
SIMPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "ecr": (
        ("repositoryName", "repository/{}"),
        ("repositoryNames", "repository/{}"),
        ("resourceArn", "repository/{}"),
    ),
    "firehose": (("DeliveryStreamName", "deliverystream/{}"),),
    "kms": (("KeyId", "key/{}"), ("TargetKeyId", "key/{}")),
}


def simple(prefix: str, asked: Asked) -> list[Need]:
    """The resources in those of a service's parameters that were given."""
    action = f"{prefix}:{asked.operation}"
    found = [
        asked.own_arn(value, prefix, "{}" if value.startswith("alias/") else form)
        for parameter, form in SIMPLE[prefix]
        for value in asked.each(parameter)
    ]
    return [Need(action, arn) for arn in found] or [Need(action, ANY)]
