"""What a resource type has to do, and what it is given for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ...iam.account import ACCOUNT_ID
from ...wire.validation import label_of
from ..errors import ResourceFailed
from ..stack import Stack, physical_name

Properties = Mapping[str, Any]
# A resource that gets ready by itself is waited for this long.
READY_S = 120.0
PAUSE_S = 0.05
# What services answer about something that is not there.
GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "UnknownResource")


@dataclass(frozen=True)
class Made:
    """What came of a resource: its physical id, and the attributes that GetAtt gives. ``Ref``
    among them is what Ref gives, where that is not the physical id."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """What a handler works with: clients with the stack's rights, and names of the stack's own."""

    stack: Stack
    logical_id: str
    type: str
    client: Callable[[str], Any]
    is_stopped: Callable[[], bool]
    begun: list[Made] = field(default_factory=list)

    def begin(self, physical_id: str, **attributes: Any) -> None:
        """Say that something is there now. If the rest fails, it is deleted like a whole one."""
        self.begun.append(Made(physical_id, attributes))

    @property
    def region(self) -> str:
        """The stack's region."""
        return self.stack.region

    def arn(self, service: str, rest: str) -> str:
        """An ARN of the stack's region and account."""
        return f"arn:aws:{service}:{self.region}:{ACCOUNT_ID}:{rest}"

    def name(self, most: int = 64, *, lower: bool = False) -> str:
        """A name for a resource that the template gives none."""
        return physical_name(self.stack.name, self.logical_id, most, lower=lower)

    def tags(self, properties: Properties) -> dict[str, str]:
        """The resource's tags: the stack's and its own."""
        own = properties.get("Tags") or {}
        if isinstance(own, list):
            own = {each["Key"]: str(each.get("Value", "")) for each in own}
        return {**self.stack.tags, **own}

    def tag_list(self, properties: Properties) -> list[dict[str, str]]:
        """The same as a list of keys and values."""
        return listed(self.tags(properties))

    def retag(
        self,
        old: Properties,
        new: Properties,
        tag: Callable[[dict[str, str]], Any],
        untag: Callable[[list[str]], Any],
    ) -> None:
        """Take away the tags that are gone, then put those that are there now."""
        if not changed(old, new, "Tags"):
            return
        after = self.tags(new)
        gone = sorted(set(self.tags(old)) - set(after))
        if gone:
            untag(gone)
        if after:
            tag(after)

    def until_gone(self, look: Callable[[], Any], what: str) -> None:
        """Wait until a look at something says that it is not there."""

        def gone() -> bool:
            try:
                look()
            except ClientError as error:
                if is_gone(error):
                    return True
                raise
            return False

        self.until(gone, f"The deletion of {what}")

    def until(self, is_ready: Callable[[], bool], what: str) -> None:
        """Wait until something is ready. Raises `ResourceFailed` when it does not get ready."""
        end = time.monotonic() + READY_S
        while not is_ready():
            if time.monotonic() > end or self.is_stopped():
                raise ResourceFailed(f"{what} did not become ready.")
            time.sleep(PAUSE_S)


class ResourceType:
    """One resource type. ``done`` are the properties that have their effect; another one that
    AWS's schema has is refused by its name, and so are the attributes ``not_given``. A type
    replaces what its schema calls create-only, and besides ``replaces``.
    """

    name: str
    done: frozenset[str]
    replaces: frozenset[str] = frozenset()
    not_given: frozenset[str] = frozenset()

    def create(self, work: Work, given: Properties) -> Made:
        """Make it. Raises botocore's `ClientError` or `ResourceFailed`."""
        raise NotImplementedError

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Change it in place. The same errors."""
        raise NotImplementedError

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """Delete it. That it is gone already is no error: the caller sees to that."""
        raise NotImplementedError


def picked(given: Properties, *names: str, **renamed: str) -> dict[str, Any]:
    """Those of the properties that were given; ``renamed`` is parameter=property."""
    found = {name: given[name] for name in names if given.get(name) is not None}
    for parameter, name in renamed.items():
        if given.get(name) is not None:
            found[parameter] = given[name]
    return found


def usual(old: Properties, new: Properties, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of those properties that the template had and no longer has: operations that
    leave alone what they are not given are told them."""
    return {
        name: value
        for name, value in defaults.items()
        if old.get(name) is not None and new.get(name) is None
    }


def stamp(moment: datetime) -> str:
    """A moment as attributes have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as a list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def texts(given: Properties, *names: str) -> dict[str, str]:
    """Those of the properties that were given, as the attributes that SQS and SNS take."""
    return {name: attribute_text(value) for name, value in picked(given, *names).items()}


def attribute_text(value: Any) -> str:
    """A value as an attribute has it: JSON for what is no text or number."""
    if isinstance(value, (bool, dict, list)):
        return json.dumps(value)
    return str(value)


def object_text(work: Work, place: Mapping[str, Any]) -> str:
    """The text of an object in S3, by its Bucket, Key and Version."""
    body = work.client("s3").get_object(
        Bucket=place["Bucket"], Key=place["Key"], **picked(place, VersionId="Version")
    )["Body"]
    return str(body.read().decode())


def camel(value: Any) -> Any:
    """A value whose keys begin with a small letter, at every depth."""
    if isinstance(value, dict):
        return {label_of(key): camel(each) for key, each in value.items()}
    if isinstance(value, list):
        return [camel(each) for each in value]
    return value


def changed(old: Properties, new: Properties, *names: str) -> bool:
    """Whether one of the properties differs."""
    return any(old.get(name) != new.get(name) for name in names)


def is_gone(error: ClientError) -> bool:
    """Whether a service says that the thing itself is not there."""
    code = error.response["Error"]["Code"]
    return any(each in code for each in GONE)


def unless_gone(call: Callable[..., Any], **parameters: Any) -> None:
    """A call that takes away a part; that it is not there is no error."""
    try:
        call(**parameters)
    except ClientError as error:
        if not is_gone(error):
            raise
