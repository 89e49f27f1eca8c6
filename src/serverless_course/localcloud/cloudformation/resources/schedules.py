"""The resource types of EventBridge Scheduler."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..errors import ResourceFailed
from .base import Made, Properties, ResourceType, Work, picked, stamp

DATES = ("StartDate", "EndDate")


class ScheduleGroup(ResourceType):
    """AWS::Scheduler::ScheduleGroup."""

    name = "AWS::Scheduler::ScheduleGroup"
    done = frozenset({"Name", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateScheduleGroup."""
        name = given.get("Name") or work.name()
        arn = work.client("scheduler").create_schedule_group(Name=name, Tags=work.tag_list(given))[
            "ScheduleGroupArn"
        ]
        found = work.client("scheduler").get_schedule_group(Name=name)
        dates = {each: stamp(found[each]) for each in ("CreationDate", "LastModificationDate")}
        return Made(name, {"Arn": arn, "State": "ACTIVE", **dates})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """TagResource, UntagResource."""
        client, arn = work.client("scheduler"), made.attributes["Arn"]
        work.retag(
            old,
            new,
            lambda tags: client.tag_resource(
                ResourceArn=arn, Tags=[{"Key": key, "Value": tags[key]} for key in tags]
            ),
            lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteScheduleGroup."""
        work.client("scheduler").delete_schedule_group(Name=made.physical_id)


class Schedule(ResourceType):
    """AWS::Scheduler::Schedule. Another group replaces it: Scheduler moves none."""

    name = "AWS::Scheduler::Schedule"
    done = frozenset(
        {
            *("Description", "EndDate", "FlexibleTimeWindow", "GroupName", "Name"),
            *("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "State", "Target"),
        }
    )
    replaces = frozenset({"GroupName"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateSchedule."""
        name = given.get("Name") or work.name()
        arn = work.client("scheduler").create_schedule(Name=name, **_parameters(given))[
            "ScheduleArn"
        ]
        return Made(name, {"Arn": arn})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateSchedule."""
        work.client("scheduler").update_schedule(Name=made.physical_id, **_parameters(new))
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteSchedule."""
        work.client("scheduler").delete_schedule(
            Name=made.physical_id, **picked(given, "GroupName")
        )


TYPES = (ScheduleGroup(), Schedule())


def _parameters(given: Properties) -> dict[str, Any]:
    own = sorted(Schedule.done - {"Name", *DATES})
    dates = {name: _date(name, given[name]) for name in DATES if given.get(name) is not None}
    return {**picked(given, *own), **dates}


def _date(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ResourceFailed(f"{name} must be a date in ISO 8601: {text}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
