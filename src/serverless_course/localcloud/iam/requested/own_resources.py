"""ARNs that a request may name: those of its own region, account and service.

moto takes a resource by the end of its ARN, whatever stands before it. So an ARN of another region
could be allowed where the resource behind it is not.
"""

from __future__ import annotations

from ...wire.errors import ServiceError
from .need import Need

# Services whose resources belong to no region, or to no account.
WITHOUT_REGION = frozenset({"cloudwatch", "iam", "sts", "s3"})
# Actions on another service's resources.
RESOURCES_OF = {"sts": "iam"}
# What a request asks for of another service's: tags of any, roles, functions, secrets.
OF_ANY_SERVICE = frozenset({"tag"})
NO_SOURCE = "The resource that you specified for the SourceArn parameter doesn't exist."


def check_own(need: Need, region: str, account: str) -> None:
    """Refuse an ARN that is none, or another region's or account's. Raises `ServiceError`."""
    if not need.resource.startswith("arn:"):
        return
    prefix = need.action.partition(":")[0]
    parts = need.resource.split(":", 5)
    if len(parts) == 6:
        _, partition, service, its_region, its_account, _ = parts
        fits = its_region == region or (service in WITHOUT_REGION and not its_region)
        known = service == RESOURCES_OF.get(prefix, prefix) or prefix in OF_ANY_SERVICE
        if partition == "aws" and fits and known and its_account in ("", "aws", account):
            return
        if prefix == service == "sns" and not fits:
            # As recorded from AWS (localstack, test_topic_publish_another_region, 2023).
            raise ServiceError("InvalidParameter", "Invalid parameter: TopicArn")
        if prefix == service == "sqs":
            # As recorded from AWS (localstack, test_cancel_with_invalid_source_arn_in_task_handle).
            code = "ResourceNotFoundException"
            error = {"x-amzn-query-error": f"{code};Sender"}
            raise ServiceError(code, NO_SOURCE, 404, headers=error)
    raise ServiceError("ValidationException", f"Invalid ARN for this request: {need.resource}")
