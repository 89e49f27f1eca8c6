"""Alarms and experiment templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, absence_allowed, tag_map

ALARM_TYPES = {"MetricAlarm": "MetricAlarms", "CompositeAlarm": "CompositeAlarms"}


def _alarms(cloud: Cloud, start: str) -> Iterable[str]:
    yield from (alarm["AlarmName"] for alarm in _described_alarms(cloud, AlarmNamePrefix=start))


def _described_alarms(cloud: Cloud, **wanted: Any) -> Iterable[dict[str, Any]]:
    pages = cloud.client("cloudwatch").get_paginator("describe_alarms")
    for page in pages.paginate(AlarmTypes=list(ALARM_TYPES), **wanted):
        for members in ALARM_TYPES.values():
            yield from page.get(members, [])


def _alarm(cloud: Cloud, name: str) -> list[Instance]:
    found = []
    for alarm in _described_alarms(cloud, AlarmNames=[name]):
        tags: list[dict[str, str]] = []
        with absence_allowed():
            arn = alarm["AlarmArn"]
            tags = cloud.client("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"]
        found.append(Instance(name, tag_map(tags)))
    return found


def _delete_alarm(cloud: Cloud, name: str) -> None:
    cloud.client("cloudwatch").delete_alarms(AlarmNames=[name])


def _experiments(cloud: Cloud, _: str) -> Iterable[str]:
    for template in _experiment_templates(cloud):
        if name := template.get("tags", {}).get("Name"):
            yield name


def _experiment_templates(cloud: Cloud) -> Iterable[dict[str, Any]]:
    for page in cloud.client("fis").get_paginator("list_experiment_templates").paginate():
        yield from page["experimentTemplates"]


def _experiment(cloud: Cloud, name: str) -> list[Instance]:
    return [
        Instance(template["id"], template.get("tags", {}))
        for template in _experiment_templates(cloud)
        if name in (template["id"], template.get("tags", {}).get("Name"))
    ]


def _delete_experiment(cloud: Cloud, id_: str) -> None:
    cloud.client("fis").delete_experiment_template(id=id_)


ALARM = Kind("CloudWatch alarm", _alarms, _alarm, _delete_alarm)
EXPERIMENT = Kind("experiment template", _experiments, _experiment, _delete_experiment)
