"""Queues, topics, tables, secrets and parameters."""

from __future__ import annotations

from collections.abc import Iterable

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, absence_allowed, tag_map


def _queues(cloud: Cloud, start: str) -> Iterable[str]:
    for page in cloud.client("sqs").get_paginator("list_queues").paginate(QueueNamePrefix=start):
        yield from (url.rpartition("/")[2] for url in page.get("QueueUrls", []))


def _queue(cloud: Cloud, name: str) -> list[Instance]:
    sqs = cloud.client("sqs")
    with absence_allowed():
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        return [Instance(url, sqs.list_queue_tags(QueueUrl=url).get("Tags", {}))]
    return []


def _delete_queue(cloud: Cloud, url: str) -> None:
    cloud.client("sqs").delete_queue(QueueUrl=url)


def _topics(cloud: Cloud, _: str) -> Iterable[str]:
    for page in cloud.client("sns").get_paginator("list_topics").paginate():
        yield from (topic["TopicArn"].rpartition(":")[2] for topic in page["Topics"])


def _topic(cloud: Cloud, name: str) -> list[Instance]:
    arn = f"arn:aws:sns:{cloud.region}:{cloud.account_id}:{name}"
    with absence_allowed():
        found = cloud.client("sns").list_tags_for_resource(ResourceArn=arn)
        return [Instance(arn, tag_map(found["Tags"]))]
    return []


def _delete_topic(cloud: Cloud, arn: str) -> None:
    cloud.client("sns").delete_topic(TopicArn=arn)


def _tables(cloud: Cloud, _: str) -> Iterable[str]:
    for page in cloud.client("dynamodb").get_paginator("list_tables").paginate():
        yield from page["TableNames"]


def _table(cloud: Cloud, name: str) -> list[Instance]:
    dynamodb = cloud.client("dynamodb")
    with absence_allowed():
        arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
        pages = dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return [Instance(name, tag_map(tag for page in pages for tag in page["Tags"]))]
    return []


def _delete_table(cloud: Cloud, name: str) -> None:
    dynamodb = cloud.client("dynamodb")
    dynamodb.delete_table(TableName=name)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def _secrets(cloud: Cloud, _: str) -> Iterable[str]:
    for page in cloud.client("secretsmanager").get_paginator("list_secrets").paginate():
        yield from (secret["Name"] for secret in page["SecretList"])


def _secret(cloud: Cloud, name: str) -> list[Instance]:
    with absence_allowed():
        found = cloud.client("secretsmanager").describe_secret(SecretId=name)
        return [Instance(found["ARN"], tag_map(found.get("Tags", [])))]
    return []


def _delete_secret(cloud: Cloud, arn: str) -> None:
    cloud.client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def _parameters(cloud: Cloud, _: str) -> Iterable[str]:
    for page in cloud.client("ssm").get_paginator("describe_parameters").paginate():
        yield from (parameter["Name"] for parameter in page["Parameters"])


def _parameter(cloud: Cloud, name: str) -> list[Instance]:
    ssm = cloud.client("ssm")
    just_this = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    if not ssm.describe_parameters(ParameterFilters=just_this)["Parameters"]:
        return []
    found = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
    return [Instance(name, tag_map(found["TagList"]))]


def _delete_parameter(cloud: Cloud, name: str) -> None:
    cloud.client("ssm").delete_parameter(Name=name)


QUEUE = Kind("SQS queue", _queues, _queue, _delete_queue)
TOPIC = Kind("SNS topic", _topics, _topic, _delete_topic)
TABLE = Kind("DynamoDB table", _tables, _table, _delete_table)
SECRET = Kind("secret", _secrets, _secret, _delete_secret)
PARAMETER = Kind("parameter", _parameters, _parameter, _delete_parameter)
