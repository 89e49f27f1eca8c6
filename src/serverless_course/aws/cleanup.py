"""Delete what a lab made, and prove by listing that nothing remains.

Only journalled resources are deleted. A resource that bears the lab's prefix and stands in no
ledger is reported and left alone: it may be somebody's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import prefix

PASSES = 3
PAUSE_S = 1.0


@dataclass(frozen=True)
class Kind:
    """How one type of resource is listed and deleted.

    Attributes:
        label: the name a learner reads.
        list_names: names in the cloud; those that begin with one of the given starts must be
            among them, others may.
        delete: deletes one by name; raises ``ClientError`` when it cannot.
        name_prefix: what stands before the lab's prefix in such a name.
    """

    label: str
    list_names: Callable[[Cloud, tuple[str, ...]], Iterable[str]]
    delete: Callable[[Cloud, str], None]
    name_prefix: str = ""


def _functions(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for page in cloud.client("lambda").get_paginator("list_functions").paginate():
        yield from (item["FunctionName"] for item in page["Functions"])


def _delete_function(cloud: Cloud, name: str) -> None:
    cloud.client("lambda").delete_function(FunctionName=name)


def _layers(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for page in cloud.client("lambda").get_paginator("list_layers").paginate():
        yield from (item["LayerName"] for item in page["Layers"])


def _delete_layer(cloud: Cloud, name: str) -> None:
    client = cloud.client("lambda")
    pages = client.get_paginator("list_layer_versions").paginate(LayerName=name)
    for number in [item["Version"] for page in pages for item in page["LayerVersions"]]:
        client.delete_layer_version(LayerName=name, VersionNumber=number)


def _log_groups(cloud: Cloud, starts: tuple[str, ...]) -> Iterable[str]:
    pages = cloud.client("logs").get_paginator("describe_log_groups")
    for start in starts:
        for page in pages.paginate(logGroupNamePrefix=start):
            yield from (item["logGroupName"] for item in page["logGroups"])


def _delete_log_group(cloud: Cloud, name: str) -> None:
    cloud.client("logs").delete_log_group(logGroupName=name)


def _roles(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for page in cloud.client("iam").get_paginator("list_roles").paginate():
        yield from (item["RoleName"] for item in page["Roles"])


def _delete_role(cloud: Cloud, name: str) -> None:
    iam = cloud.client("iam")
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name):
        for policy in page["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=name):
        for policy in page["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _mapped_functions(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for mapping in _mappings(cloud):
        yield mapping["FunctionArn"].split(":")[6]


def _mappings(cloud: Cloud) -> Iterable[dict[str, str]]:
    for page in cloud.client("lambda").get_paginator("list_event_source_mappings").paginate():
        yield from (item for item in page["EventSourceMappings"] if item["State"] != "Deleting")


def _delete_mappings(cloud: Cloud, function: str) -> None:
    for mapping in list(_mappings(cloud)):
        if mapping["FunctionArn"].split(":")[6] == function:
            cloud.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])


def _queues(cloud: Cloud, starts: tuple[str, ...]) -> Iterable[str]:
    pages = cloud.client("sqs").get_paginator("list_queues")
    for start in starts:
        for page in pages.paginate(QueueNamePrefix=start):
            yield from (url.rpartition("/")[2] for url in page.get("QueueUrls", []))


def _delete_queue(cloud: Cloud, name: str) -> None:
    sqs = cloud.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])


def _topics(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for page in cloud.client("sns").get_paginator("list_topics").paginate():
        yield from (topic["TopicArn"].rpartition(":")[2] for topic in page["Topics"])


def _delete_topic(cloud: Cloud, name: str) -> None:
    arn = f"arn:aws:sns:{cloud.region}:{cloud.account_id}:{name}"
    cloud.client("sns").delete_topic(TopicArn=arn)


def _tables(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for page in cloud.client("dynamodb").get_paginator("list_tables").paginate():
        yield from page["TableNames"]


def _delete_table(cloud: Cloud, name: str) -> None:
    dynamodb = cloud.client("dynamodb")
    dynamodb.delete_table(TableName=name)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


# In the order of deletion: a function may write to its log group until it is gone, and it needs
# its role until then.
KINDS: dict[str, Kind] = {
    "lambda:event-source-mapping": Kind(
        "event source mapping", _mapped_functions, _delete_mappings
    ),
    "lambda:function": Kind("Lambda function", _functions, _delete_function),
    "lambda:layer": Kind("Lambda layer", _layers, _delete_layer),
    "sqs:queue": Kind("SQS queue", _queues, _delete_queue),
    "sns:topic": Kind("SNS topic", _topics, _delete_topic),
    "dynamodb:table": Kind("DynamoDB table", _tables, _delete_table),
    "logs:log-group": Kind("log group", _log_groups, _delete_log_group, "/aws/lambda/"),
    "iam:role": Kind("IAM role", _roles, _delete_role),
}


# Every lab may make these; other types are listed for labs that have made one.
ALWAYS_LISTED = ("lambda:function", "logs:log-group", "iam:role")


@dataclass(frozen=True)
class CleanUp:
    """What clean-up did and what it saw afterwards.

    Attributes:
        deleted: journalled resources that were there and are not any more.
        already_gone: journalled resources that were not there.
        remaining: journalled resources that are still listed; must be empty.
        not_ours: resources with the lab's prefix that stand in no ledger; never deleted.
        failures: what a delete call answered, by resource, for those that remain.
    """

    deleted: tuple[Resource, ...]
    already_gone: tuple[Resource, ...]
    remaining: tuple[Resource, ...]
    not_ours: tuple[Resource, ...]
    failures: dict[Resource, str]

    @property
    def clean(self) -> bool:
        """Whether nothing that the lab made remains."""
        return not self.remaining

    def describe(self) -> str:
        """The result in plain sentences: what was deleted, by short name, and what remains."""
        said = [f"Deleted: {_by_kind(self.deleted) or 'nothing, for nothing was there'}."]
        remain = "resource remains" if len(self.remaining) == 1 else "resources remain"
        said.append(f"{len(self.remaining)} {remain}: a new listing shows it.")
        for resource in self.remaining:
            why = self.failures.get(resource, "it is still listed")
            said.append(f"Still there: {_label(resource)} {resource.name} ({why}).")
        if self.remaining:
            said.append("Run the clean-up again in a minute; what it did stays done.")
        for resource in self.not_ours:
            said.append(
                f"Not deleted, because the course has no record of making it: {_label(resource)} "
                f"{resource.name}. Delete it yourself if it is not wanted."
            )
        return "\n".join(said)


def clean_up(
    cloud: Cloud,
    ledger: Ledger,
    slug: str,
    *,
    pause_s: float = PAUSE_S,
    sleep: Callable[[float], None] = time.sleep,
) -> CleanUp:
    """Delete what the ledger holds for a lab in this cloud, and list what remains.

    It may be interrupted and run again at any point: a resource leaves the ledger only after a
    listing did not show it any more.

    Args:
        cloud: the cloud; lines of other clouds are left alone.
        ledger: the ledger.
        slug: the lab.
        pause_s: seconds between passes. More than one pass is needed where AWS is slow to let go,
            or a function's last log lines make its log group anew.
        sleep: how to wait.

    Raises:
        ClientError: a listing was refused, so that nothing could be proven.
    """
    held = ledger.held(cloud.target, slug)
    present = listed(cloud, slug, held)
    there = [resource for resource in held if resource in present]
    left = list(there)
    failures: dict[Resource, str] = {}
    for attempt in range(PASSES):
        if not left:
            break
        if attempt:
            sleep(pause_s)
        failures = _delete_all(cloud, left)
        present = listed(cloud, slug, held)
        # Deletions free others (a role's last user), and a log group may come back.
        left = [resource for resource in held if resource in present]
    for resource in held:
        if resource not in present:
            ledger.forget(resource)
    return CleanUp(
        deleted=tuple(resource for resource in there if resource not in present),
        already_gone=tuple(
            resource for resource in held if resource not in there and resource not in present
        ),
        remaining=tuple(left),
        not_ours=tuple(sorted(present - set(held), key=lambda found: (found.kind, found.name))),
        failures={resource: why for resource, why in failures.items() if resource in left},
    )


def listed(cloud: Cloud, slug: str, held: Iterable[Resource] = ()) -> set[Resource]:
    """What the cloud lists under a lab's prefix, and of `held` under whatever name it has.

    A resource of a type that this version of the course cannot list counts as present: its
    absence cannot be proven.

    Raises:
        ClientError: a listing was refused.
    """
    journalled = tuple(held)
    found = {resource for resource in journalled if resource.kind not in KINDS}
    wanted = {*ALWAYS_LISTED, *(resource.kind for resource in journalled)}
    for kind, how in KINDS.items():
        if kind not in wanted:
            continue
        start = how.name_prefix + prefix(slug)
        own = {resource.name for resource in journalled if resource.kind == kind}
        others = sorted(name for name in own if not name.startswith(start))
        for name in how.list_names(cloud, (start, *others)):
            if name.startswith(start) or name in own:
                found.add(Resource(cloud.target, slug, kind, name))
    return found


def _delete_all(cloud: Cloud, resources: Sequence[Resource]) -> dict[Resource, str]:
    order = list(KINDS)
    failures = {}
    known = [resource for resource in resources if resource.kind in KINDS]
    for resource in resources:
        if resource.kind not in KINDS:
            failures[resource] = "this version of the course does not know its type"
    for resource in sorted(known, key=lambda found: order.index(found.kind)):
        try:
            KINDS[resource.kind].delete(cloud, resource.name)
        except ClientError as error:
            # One that cannot go now must not keep the others; the listing decides what is left.
            failures[resource] = str(error)
    return failures


def _by_kind(resources: Sequence[Resource]) -> str:
    """For example: 2 Lambda functions (hello, bye), 1 log group (hello), 1 IAM role (role)."""
    parts = []
    for kind, how in KINDS.items():
        names = sorted(short_name(found) for found in resources if found.kind == kind)
        if names:
            plural = "s" if len(names) > 1 else ""
            parts.append(f"{len(names)} {how.label}{plural} ({', '.join(names)})")
    return ", ".join(parts)


def short_name(resource: Resource) -> str:
    """A resource's name without what the course puts in front of it."""
    before = KINDS[resource.kind].name_prefix if resource.kind in KINDS else ""
    return resource.name.removeprefix(before).removeprefix(prefix(resource.slug))


def _label(resource: Resource) -> str:
    return KINDS[resource.kind].label if resource.kind in KINDS else resource.kind
