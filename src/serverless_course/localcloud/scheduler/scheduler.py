"""EventBridge Scheduler's API. Runs on the server's event loop.

Source: EventBridge Scheduler API reference (read 2026-11). The words for what is there already and
for what is not there: moto 5.2.5, which has them from AWS. A deleted group is gone at once, with
its schedules; AWS takes a while.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from ..clock import ScaledClock, ScaledTime
from ..cloudwatch.metrics.store import MetricStores
from ..iam.role_client import RoleClients
from ..wire.http import Request, Response
from ..wire.rest_json import find_operation, read_parameters, write_response
from .delivery import SERVICE, UNTRUSTED
from .refusals import conflict, invalid, missing, not_offered
from .runs import Runs
from .schedule import DEFAULT, Group, Members, Schedule
from .settings import settings_of, times_of

# A page of a list, where the caller says nothing (ours; AWS's model allows up to 100).
PAGE = 100
MAX_TAGS = 200
# boto3 gives each call a token: so many are remembered.
MAX_TOKENS = 10_000


class Scheduler:
    """Groups and schedules of all regions.

    ``trusts`` says whether a role lets a service assume it for a resource, by their names.
    """

    def __init__(
        self,
        clients: RoleClients,
        trusts: Callable[[str, str, str], bool],
        stores: MetricStores,
        clock: ScaledClock,
    ) -> None:
        self._trusts = trusts
        self._clock = clock
        self._groups: dict[tuple[str, str], Group] = {}
        self._schedules: dict[tuple[str, str, str], Schedule] = {}
        # What a call with a client token was given, and its answer.
        self._tokens: dict[tuple[str, str, str], tuple[Members, Members]] = {}
        self._runs = Runs(clients, trusts, stores, self._is_current, self._completed)

    def answer(self, request: Request, region: str) -> Response:
        """Answer one request. Raises `ServiceError` for every refusal."""
        operation, fields = find_operation(request, "scheduler")
        handler = OPERATIONS.get(operation.name)
        if handler is None:
            raise not_offered(operation.name)
        given = read_parameters(request, operation, fields)
        self._groups.setdefault((region, DEFAULT), Group(region, DEFAULT, datetime.now(UTC)))
        token = given.get("ClientToken")
        if not token:
            return write_response(operation, handler(self, region, given), str(uuid.uuid4()))
        before = self._tokens.get((region, operation.name, token))
        if before is not None and before[0] != given:
            raise conflict("The ClientToken was used for a call with other parameters.")
        result = handler(self, region, given) if before is None else before[1]
        self._tokens[region, operation.name, token] = given, result
        if len(self._tokens) > MAX_TOKENS:
            del self._tokens[next(iter(self._tokens))]
        return write_response(operation, result, str(uuid.uuid4()))

    def close(self) -> None:
        """Nothing is invoked any more."""
        self._runs.close()

    def create_schedule(self, region: str, given: Members) -> Members:
        """CreateSchedule."""
        group = self._group(region, given.get("GroupName") or DEFAULT)
        if (region, group.name, given["Name"]) in self._schedules:
            raise conflict(f"Schedule {given['Name']} already exists.")
        return self._put(group, given, datetime.now(UTC))

    def update_schedule(self, region: str, given: Members) -> Members:
        """UpdateSchedule: what is left out gets its default again."""
        before = self._schedule(region, given)
        return self._put(before.group, given, before.created)

    def get_schedule(self, region: str, given: Members) -> Members:
        """GetSchedule."""
        return self._schedule(region, given).shown

    def delete_schedule(self, region: str, given: Members) -> Members:
        """DeleteSchedule."""
        found = self._schedule(region, given)
        del self._schedules[region, found.group.name, found.name]
        return {}

    def list_schedules(self, region: str, given: Members) -> Members:
        """ListSchedules."""
        name = given.get("GroupName")
        if name is not None:
            self._group(region, name)
        found = [
            each.summary
            for (where, group, own), each in sorted(self._schedules.items())
            if where == region
            and name in (None, group)
            and own.startswith(given.get("NamePrefix") or "")
            and given.get("State") in (None, each.settings["State"])
        ]
        return _page("Schedules", found, given)

    def create_group(self, region: str, given: Members) -> Members:
        """CreateScheduleGroup."""
        name = given["Name"]
        if (region, name) in self._groups:
            raise conflict(f"Schedule group {name} already exists.")
        group = Group(region, name, datetime.now(UTC), _tags(given.get("Tags") or []))
        self._groups[region, name] = group
        return {"ScheduleGroupArn": group.arn}

    def get_group(self, region: str, given: Members) -> Members:
        """GetScheduleGroup."""
        return self._group(region, given["Name"]).shown

    def delete_group(self, region: str, given: Members) -> Members:
        """DeleteScheduleGroup, with the schedules in it."""
        group = self._group(region, given["Name"])
        if group.name == DEFAULT:
            raise invalid("The default schedule group cannot be deleted.")
        del self._groups[region, group.name]
        for key in [key for key in self._schedules if key[:2] == (region, group.name)]:
            del self._schedules[key]
        return {}

    def list_groups(self, region: str, given: Members) -> Members:
        """ListScheduleGroups."""
        found = [
            each.shown
            for (where, name), each in sorted(self._groups.items())
            if where == region and name.startswith(given.get("NamePrefix") or "")
        ]
        return _page("ScheduleGroups", found, given)

    def tag(self, region: str, given: Members) -> Members:
        """TagResource."""
        group = self._tagged(region, given)
        tags = {**group.tags, **_tags(given["Tags"])}
        if len(tags) > MAX_TAGS:
            raise invalid(f"A schedule group has at most {MAX_TAGS} tags.")
        group.tags = tags
        return {}

    def untag(self, region: str, given: Members) -> Members:
        """UntagResource."""
        group = self._tagged(region, given)
        for key in given["TagKeys"]:
            group.tags.pop(key, None)
        return {}

    def tags(self, region: str, given: Members) -> Members:
        """ListTagsForResource."""
        tags = self._tagged(region, given).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _put(self, group: Group, given: Members, created: datetime) -> Members:
        settings = settings_of(given)
        line = ScaledTime(self._clock)
        now = line.now()
        times = times_of(settings, now)
        if not self._trusts(settings["Target"]["RoleArn"], SERVICE, group.arn):
            raise invalid(UNTRUSTED)
        changed = datetime.now(UTC)
        schedule = Schedule(group, given["Name"], settings, times, line, created, changed)
        self._schedules[group.region, group.name, schedule.name] = schedule
        self._runs.put(schedule, now)
        return {"ScheduleArn": schedule.arn}

    def _group(self, region: str, name: str) -> Group:
        if (region, name) not in self._groups:
            raise missing("Schedule group", name)
        return self._groups[region, name]

    def _schedule(self, region: str, given: Members) -> Schedule:
        found = self._schedules.get((region, given.get("GroupName") or DEFAULT, given["Name"]))
        if found is None:
            raise missing("Schedule", given["Name"])
        return found

    def _tagged(self, region: str, given: Members) -> Group:
        for (where, name), group in self._groups.items():
            if where == region and group.arn == given["ResourceArn"]:
                return self._group(region, name)
        raise missing("Schedule group", str(given["ResourceArn"]).rpartition("/")[2])

    def _is_current(self, schedule: Schedule) -> bool:
        group = schedule.group
        return self._schedules.get((group.region, group.name, schedule.name)) is schedule

    def _completed(self, schedule: Schedule) -> None:
        if schedule.settings["ActionAfterCompletion"] == "DELETE":
            group = schedule.group
            del self._schedules[group.region, group.name, schedule.name]


Handler = Callable[[Scheduler, str, Members], Members]
OPERATIONS: dict[str, Handler] = {
    "CreateSchedule": Scheduler.create_schedule,
    "CreateScheduleGroup": Scheduler.create_group,
    "DeleteSchedule": Scheduler.delete_schedule,
    "DeleteScheduleGroup": Scheduler.delete_group,
    "GetSchedule": Scheduler.get_schedule,
    "GetScheduleGroup": Scheduler.get_group,
    "ListScheduleGroups": Scheduler.list_groups,
    "ListSchedules": Scheduler.list_schedules,
    "ListTagsForResource": Scheduler.tags,
    "TagResource": Scheduler.tag,
    "UntagResource": Scheduler.untag,
    "UpdateSchedule": Scheduler.update_schedule,
}


def _tags(given: Iterable[Members]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in given}


def _page(name: str, found: list[Any], given: Members) -> Members:
    token = given.get("NextToken") or "0"
    if not token.isascii() or not token.isdigit():
        raise invalid("The NextToken is not one of this list.")
    first, most = int(token), given.get("MaxResults") or PAGE
    rest = {"NextToken": str(first + most)} if first + most < len(found) else {}
    return {name: found[first : first + most], **rest}
