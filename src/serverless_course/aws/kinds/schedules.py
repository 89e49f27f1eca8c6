"""EventBridge Scheduler's schedules and their groups, and EventBridge Pipes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, absence_allowed, tag_map
from serverless_course.aws.names import described_tags
from serverless_course.waiting import until

# AWS deletes a group with all of its schedules, and a pipe, a little after the call.
PATIENCE_S = 60.0
# It is in every account, and cannot be deleted.
DEFAULT = "default"


def _schedules(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Name and group of each schedule. Names need be unique within a group only."""
    for page in cloud.client("scheduler").get_paginator("list_schedules").paginate():
        yield from ((each["Name"], each["GroupName"]) for each in page["Schedules"])


def _schedule_names(cloud: Cloud, _: str) -> Iterable[str]:
    return (name for name, _ in _schedules(cloud))


def _schedule(cloud: Cloud, name: str) -> list[Instance]:
    """A schedule has no tags of its own: they stand at the end of its description."""
    found = []
    for group in [group for each, group in _schedules(cloud) if each == name]:
        with absence_allowed():
            one = cloud.client("scheduler").get_schedule(GroupName=group, Name=name)
            found.append(Instance(f"{group}/{name}", described_tags(one.get("Description", ""))))
    return found


def _delete_schedule(cloud: Cloud, id_: str) -> None:
    group, _, name = id_.partition("/")
    with absence_allowed():
        cloud.client("scheduler").delete_schedule(GroupName=group, Name=name)


def _groups(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for page in cloud.client("scheduler").get_paginator("list_schedule_groups").paginate():
        yield from ((each["Name"], each["Arn"]) for each in page["ScheduleGroups"])


def _group_names(cloud: Cloud, _: str) -> Iterable[str]:
    return (name for name, _ in _groups(cloud) if name != DEFAULT)


def _group(cloud: Cloud, name: str) -> list[Instance]:
    client, found = cloud.client("scheduler"), []
    for arn in [arn for each, arn in _groups(cloud) if each == name]:
        with absence_allowed():
            tags = client.list_tags_for_resource(ResourceArn=arn)["Tags"]
            found.append(Instance(name, tag_map(tags)))
    return found


def _delete_group(cloud: Cloud, name: str) -> None:
    with absence_allowed():
        cloud.client("scheduler").delete_schedule_group(Name=name)
    until(lambda: name not in (found for found, _ in _groups(cloud)), PATIENCE_S)


def _pipes(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for page in cloud.client("pipes").get_paginator("list_pipes").paginate():
        yield from ((each["Name"], each["Arn"]) for each in page["Pipes"])


def _pipe_names(cloud: Cloud, _: str) -> Iterable[str]:
    return (name for name, _ in _pipes(cloud))


def _pipe(cloud: Cloud, name: str) -> list[Instance]:
    client, found = cloud.client("pipes"), []
    for arn in [arn for each, arn in _pipes(cloud) if each == name]:
        with absence_allowed():
            found.append(Instance(name, client.list_tags_for_resource(resourceArn=arn)["tags"]))
    return found


def _delete_pipe(cloud: Cloud, name: str) -> None:
    with absence_allowed():
        cloud.client("pipes").delete_pipe(Name=name)
    until(lambda: name not in (found for found, _ in _pipes(cloud)), PATIENCE_S)


SCHEDULE = Kind("schedule", _schedule_names, _schedule, _delete_schedule)
SCHEDULE_GROUP = Kind("schedule group", _group_names, _group, _delete_group)
PIPE = Kind("pipe", _pipe_names, _pipe, _delete_pipe)
