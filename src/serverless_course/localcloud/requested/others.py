"""Services whose resource is one parameter. Source: Service Authorization Reference (2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need

# By service: parameters, the first that is given counts, and the end of the ARN.
SIMPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "cloudformation": (("StackName", "stack/{}/*"), ("ChangeSetName", "changeSet/{}/*")),
    "cloudwatch": (("ResourceARN", "{}"), ("AlarmName", "alarm:{}")),
    "firehose": (("DeliveryStreamName", "deliverystream/{}"),),
    "kms": (("KeyId", "key/{}"), ("TargetKeyId", "key/{}")),
}


def simple(prefix: str, asked: Asked) -> list[Need]:
    """The resource in the first of a service's parameters that was given."""
    action = f"{prefix}:{asked.operation}"
    for parameter, form in SIMPLE[prefix]:
        value = asked.text(parameter)
        if value:
            whole = "{}" if value.startswith("alias/") else form
            return [Need(action, asked.own_arn(value, prefix, whole))]
    return [Need(action, ANY)]
