"""The types of resources that labs make: how each is listed, and how one is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.elastic_address import addresses_named, release_address
from serverless_course.aws.vpc import vpcs_named
from serverless_course.aws.vpc_deletion import delete_vpc


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


def _alarms(cloud: Cloud, starts: tuple[str, ...]) -> Iterable[str]:
    pages = cloud.client("cloudwatch").get_paginator("describe_alarms")
    for start in starts:
        for page in pages.paginate(AlarmNamePrefix=start):
            yield from (alarm["AlarmName"] for alarm in page["MetricAlarms"])


def _delete_alarm(cloud: Cloud, name: str) -> None:
    cloud.client("cloudwatch").delete_alarms(AlarmNames=[name])


def _secrets(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for page in cloud.client("secretsmanager").get_paginator("list_secrets").paginate():
        yield from (secret["Name"] for secret in page["SecretList"])


def _delete_secret(cloud: Cloud, name: str) -> None:
    cloud.client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def _experiments(cloud: Cloud, _: tuple[str, ...]) -> Iterable[str]:
    for template in _experiment_templates(cloud):
        if name := template.get("tags", {}).get("Name"):
            yield name


def _experiment_templates(cloud: Cloud) -> Iterable[dict[str, Any]]:
    for page in cloud.client("fis").get_paginator("list_experiment_templates").paginate():
        yield from page["experimentTemplates"]


def _delete_experiment(cloud: Cloud, name: str) -> None:
    fis = cloud.client("fis")
    for template in list(_experiment_templates(cloud)):
        if template.get("tags", {}).get("Name") == name:
            fis.delete_experiment_template(id=template["id"])


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
    "cloudwatch:alarm": Kind("CloudWatch alarm", _alarms, _delete_alarm),
    "fis:experiment-template": Kind("experiment template", _experiments, _delete_experiment),
    "secretsmanager:secret": Kind("secret", _secrets, _delete_secret),
    "dynamodb:table": Kind("DynamoDB table", _tables, _delete_table),
    "ec2:vpc": Kind("VPC", vpcs_named, delete_vpc),
    "ec2:elastic-ip": Kind("elastic IP address", addresses_named, release_address),
    "logs:log-group": Kind("log group", _log_groups, _delete_log_group, "/aws/lambda/"),
    "iam:role": Kind("IAM role", _roles, _delete_role),
}
