"""Lambda functions, their event source mappings and log groups, and layers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, absence_allowed
from serverless_course.aws.names import described_tags
from serverless_course.waiting import until

LOG_GROUPS = "/aws/lambda/"
# How long a function may need to go when its executions were stopped.
GONE_S = 30.0


def _functions(cloud: Cloud, _: str) -> Iterable[str]:
    for page in cloud.client("lambda").get_paginator("list_functions").paginate():
        yield from (item["FunctionName"] for item in page["Functions"])


def _function(cloud: Cloud, name: str) -> list[Instance]:
    with absence_allowed():
        found = cloud.client("lambda").get_function(FunctionName=name)
        return [Instance(name, found.get("Tags", {}))]
    return []


def _delete_function(cloud: Cloud, name: str) -> None:
    """Delete it. One whose durable executions run is kept until they have ended: they are stopped.

    Source: the service model's State Deleting with the reason DrainingDurableExecutions (2026-11).
    """
    client = cloud.client("lambda")
    client.delete_function(FunctionName=name)
    with absence_allowed():
        if client.get_function(FunctionName=name)["Configuration"].get("State") != "Deleting":
            return
        pages = client.get_paginator("list_durable_executions_by_function")
        for page in pages.paginate(FunctionName=name, Statuses=["RUNNING"]):
            for each in page["DurableExecutions"]:
                client.stop_durable_execution(DurableExecutionArn=each["DurableExecutionArn"])
        until(lambda: not _function(cloud, name), GONE_S)


def _layers(cloud: Cloud, _: str) -> Iterable[str]:
    for page in cloud.client("lambda").get_paginator("list_layers").paginate():
        yield from (item["LayerName"] for item in page["Layers"])


def _layer_versions(cloud: Cloud, name: str) -> list[Instance]:
    """Layers have no tags: each version bears them in its description."""
    with absence_allowed():
        pages = cloud.client("lambda").get_paginator("list_layer_versions")
        return [
            Instance(f"{name}:{item['Version']}", described_tags(item.get("Description", "")))
            for page in pages.paginate(LayerName=name)
            for item in page["LayerVersions"]
        ]
    return []


def _delete_layer_version(cloud: Cloud, version: str) -> None:
    name, _, number = version.rpartition(":")
    cloud.client("lambda").delete_layer_version(LayerName=name, VersionNumber=int(number))


def _mapped_functions(cloud: Cloud, _: str) -> Iterable[str]:
    for mapping in _mappings(cloud):
        yield mapping["FunctionArn"].split(":")[6]


def _mappings(cloud: Cloud) -> Iterable[dict[str, str]]:
    for page in cloud.client("lambda").get_paginator("list_event_source_mappings").paginate():
        yield from (item for item in page["EventSourceMappings"] if item["State"] != "Deleting")


def _mappings_of(cloud: Cloud, function: str) -> list[Instance]:
    """The mappings of a function: one without tags is a part of its function."""
    found = [each for each in _mappings(cloud) if each["FunctionArn"].split(":")[6] == function]
    whole = [instance.tags for instance in _function(cloud, function)] if found else []
    return [
        Instance(mapping["UUID"], _tags_of(cloud, mapping) or next(iter(whole), {}))
        for mapping in found
    ]


def _tags_of(cloud: Cloud, mapping: dict[str, str]) -> dict[str, str]:
    arn = mapping.get("EventSourceMappingArn")
    if arn:
        with absence_allowed():
            tags: dict[str, str] = cloud.client("lambda").list_tags(Resource=arn)["Tags"]
            return tags
    return {}


def _delete_mapping(cloud: Cloud, uuid: str) -> None:
    cloud.client("lambda").delete_event_source_mapping(UUID=uuid)


def _log_groups(cloud: Cloud, start: str) -> Iterable[str]:
    yield from (group["logGroupName"] for group in _described_groups(cloud, start))


def _described_groups(cloud: Cloud, start: str) -> Iterable[dict[str, Any]]:
    pages = cloud.client("logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=start):
        yield from page["logGroups"]


def _log_group(cloud: Cloud, name: str) -> list[Instance]:
    for group in _described_groups(cloud, name):
        if group["logGroupName"] == name:
            arn = group["arn"].removesuffix(":*")
            tags: dict[str, str] = {}
            with absence_allowed():
                tags = cloud.client("logs").list_tags_for_resource(resourceArn=arn)["tags"]
            created = datetime.fromtimestamp(group["creationTime"] / 1000, UTC)
            return [Instance(name, tags, created)]
    return []


def _delete_log_group(cloud: Cloud, name: str) -> None:
    cloud.client("logs").delete_log_group(logGroupName=name)


FUNCTION = Kind("Lambda function", _functions, _function, _delete_function)
LAYER = Kind("Lambda layer", _layers, _layer_versions, _delete_layer_version)
MAPPING = Kind("event source mapping", _mapped_functions, _mappings_of, _delete_mapping)
LOG_GROUP = Kind("log group", _log_groups, _log_group, _delete_log_group, LOG_GROUPS)
