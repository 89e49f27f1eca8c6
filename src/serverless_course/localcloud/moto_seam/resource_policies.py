"""The resource-based policies that moto keeps for buckets, queues, topics and secrets.

moto evaluates a bucket's policy itself, takes a Deny whose condition does not hold for one that
does, and looks at no other resource's. `iam.resource_policies` evaluates all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..iam.resource_policies import service_may
from .seam import replace, when_imported

PARTITION = "aws"


class ResourcePolicies:
    """Finds policies by the ARN of their resource. May be asked on any thread.

    ``wait`` returns when moto is loaded.
    """

    def __init__(self, wait: Callable[[], None]) -> None:
        self._wait = wait

    def install(self) -> None:
        """Leave buckets' policies to `iam`. Once for a process is enough."""
        when_imported("moto.s3.models", _no_own_verdict)

    def document(self, resource: str) -> str:
        """The policy of the resource with an ARN; empty when it has none."""
        parts = resource.split(":", 5)
        if len(parts) < 6 or "*" in resource:
            return ""
        _, _, service, region, _, name = parts
        find = _FINDERS.get(service)
        if find is None:
            return ""
        self._wait()
        return find(region, name, resource)


def service_is_allowed(service: str, source_arn: str, action: str, resource: str) -> bool:
    """Whether the policy of a queue or topic lets a service act on it for a source of this account.

    A queue that has no policy at all takes what services of its own account send. On AWS it takes
    nothing (SQS Developer Guide, read 2026-11); the recorded cases of conformance, whose queues
    have none, expect it. Called on threads on which moto is loaded.
    """
    document = ResourcePolicies(lambda: None).document(resource)
    if not document:
        return True
    return service_may(document, service, source_arn, action, resource)


def _bucket(region: str, name: str, arn: str) -> str:
    from moto.s3.models import s3_backends  # noqa: PLC0415 - moto loads late

    bucket = s3_backends[ACCOUNT_ID][PARTITION].buckets.get(name.partition("/")[0])
    policy = getattr(bucket, "policy", None)
    return policy.decode() if isinstance(policy, bytes) else str(policy or "")


def _queue(region: str, name: str, arn: str) -> str:
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

    queue = sqs_backends[ACCOUNT_ID][region].queues.get(name)
    return str(queue.policy or "") if queue is not None else ""


def _topic(region: str, name: str, arn: str) -> str:
    from moto.sns.models import sns_backends  # noqa: PLC0415 - moto loads late

    topic = sns_backends[ACCOUNT_ID][region].topics.get(arn)
    return json.dumps(topic._policy_json) if topic is not None else ""


def _secret(region: str, name: str, arn: str) -> str:
    from moto.secretsmanager.models import secretsmanager_backends  # noqa: PLC0415 - loads late

    secrets: Any = secretsmanager_backends[ACCOUNT_ID][region].secrets
    found = secrets.get(arn) or secrets.get(name.removeprefix("secret:"))
    return str(getattr(found, "policy", None) or "")


_FINDERS: dict[str, Callable[[str, str, str], str]] = {
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}


def _no_own_verdict() -> None:
    from moto.iam.access_control import PermissionResult  # noqa: PLC0415 - moto loads late
    from moto.s3.models import FakeBucket  # noqa: PLC0415

    neutral = PermissionResult.NEUTRAL
    replace(FakeBucket, "get_permission", lambda _: lambda bucket, action, resource: neutral)
