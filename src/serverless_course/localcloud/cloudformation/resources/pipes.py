"""The resource type of EventBridge Pipes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..errors import ResourceFailed
from .base import Made, Properties, ResourceType, Work, picked

STREAMS = frozenset({"KinesisStreamParameters", "DynamoDBStreamParameters"})
START = frozenset({"StartingPosition", "StartingPositionTimestamp"})


class Pipe(ResourceType):
    """AWS::Pipes::Pipe."""

    name = "AWS::Pipes::Pipe"
    done = frozenset(
        {
            *("Description", "DesiredState", "Enrichment", "EnrichmentParameters", "Name"),
            *("RoleArn", "Source", "SourceParameters", "Tags", "Target", "TargetParameters"),
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreatePipe, until it is running or stopped."""
        client, name = work.client("pipes"), given.get("Name") or work.name(64)
        tags = work.tags(given)
        made = client.create_pipe(
            Name=name, **_parameters(given), **({"Tags": tags} if tags else {})
        )
        work.begin(name)
        return self._settled(work, name, {"Arn": made["Arn"]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdatePipe; what the template no longer has gets AWS's default."""
        client, arn = work.client("pipes"), made.attributes["Arn"]
        given = {"Description": "", "DesiredState": "RUNNING", "Enrichment": "", **_parameters(new)}
        del given["Source"]
        for name in ("EnrichmentParameters", "TargetParameters"):
            given[name] = {"InputTemplate": "", **(given.get(name) or {})}
        source = {"FilterCriteria": {"Filters": []}, **(given.get("SourceParameters") or {})}
        for name in STREAMS & source.keys():
            source[name] = {key: source[name][key] for key in source[name].keys() - START}
        client.update_pipe(Name=made.physical_id, **{**given, "SourceParameters": source})
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(resourceArn=arn, tags=tags),
            lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        )
        return self._settled(work, made.physical_id, {"Arn": arn})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeletePipe, until it is gone."""
        client, name = work.client("pipes"), made.physical_id

        def accepted() -> bool:
            try:
                client.delete_pipe(Name=name)
            except client.exceptions.ConflictException:
                return False
            return True

        work.until(accepted, f"The pipe {name}")
        work.until_gone(lambda: client.describe_pipe(Name=name), f"the pipe {name}")

    def _settled(self, work: Work, name: str, attributes: Properties) -> Made:
        """Wait until the pipe is in a state that lasts. Raises `ResourceFailed` for a failure."""
        client = work.client("pipes")
        shown: dict[str, Any] = {}

        def lasts() -> bool:
            shown.update(client.describe_pipe(Name=name))
            return not str(shown["CurrentState"]).endswith("ING") or (
                shown["CurrentState"] == "RUNNING"
            )

        work.until(lasts, f"The pipe {name}")
        if shown["CurrentState"] not in ("RUNNING", "STOPPED"):
            raise ResourceFailed(
                f"Resource of type '{self.name}' with identifier '{name}' did not stabilize. "
                f"Status Reason is {shown['StateReason']}"
            )
        times = {
            each: shown[each].strftime("%Y-%m-%dT%H:%M:%SZ")
            for each in ("CreationTime", "LastModifiedTime")
        }
        state = {"CurrentState": shown["CurrentState"], "StateReason": shown["StateReason"]}
        return Made(name, {**attributes, **times, **state})


TYPES = (Pipe(),)


def _parameters(given: Properties) -> dict[str, Any]:
    """CreatePipe's parameters; a time in the template is a text or a number."""
    found = picked(given, *sorted(Pipe.done - {"Name", "Tags"}))
    source = found.get("SourceParameters")
    kinesis = source.get("KinesisStreamParameters") if isinstance(source, dict) else None
    if isinstance(kinesis, dict) and kinesis.get("StartingPositionTimestamp") is not None:
        moment = _date(kinesis["StartingPositionTimestamp"])
        kinesis = {**kinesis, "StartingPositionTimestamp": moment}
        found["SourceParameters"] = {
            **found["SourceParameters"],
            "KinesisStreamParameters": kinesis,
        }
    return found


def _date(given: Any) -> datetime:
    try:
        if isinstance(given, int | float):
            return datetime.fromtimestamp(given, UTC)
        found = datetime.fromisoformat(str(given))
    except (ValueError, OverflowError, OSError) as error:
        raise ResourceFailed(f"StartingPositionTimestamp must be a date: {given}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
