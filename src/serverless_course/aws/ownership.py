"""Whose a resource is: only what bears the course's tags and this ledger's id is ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import Enum

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds import KINDS, Instance
from serverless_course.aws.kinds.functions import LOG_GROUPS
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import COURSE_TAG, LEDGER_TAG, prefix, tags

LOG_GROUP = "logs:log-group"
# An attempt that is under way when its function is deleted goes on, up to the longest time-out
# (15 minutes: Lambda quotas, read 2026-11), and its log makes the group again.
LONGEST_ATTEMPT = timedelta(minutes=15)
# A clock that differs from AWS's by more has its requests refused (Signature Version 4).
CLOCKS_DIFFER = timedelta(minutes=5)


class Whose(Enum):
    """Whose a resource is, as far as its tags tell."""

    OWN = "this lab's, by its tags"
    OTHERS = "another ledger's or another lab's, by its tags"
    UNKNOWN = "nobody's, by its tags"


class ForeignResource(RuntimeError):
    """Something of that name is there already and is not this lab's; the message says what to do.

    Nothing was changed.
    """

    @classmethod
    def of(cls, resource: Resource, found: Mapping[str, str]) -> ForeignResource:
        """For a name, and the tags of what bears it."""
        label = KINDS[resource.kind].label
        return cls(
            f"There is already a resource of the type {label} with the name {resource.name} in "
            f"this cloud, and it is not yours: {_evidence(found)}. Nothing was changed. If you "
            "are sure that nobody needs it, delete it yourself and run this cell again; "
            "otherwise work in another account."
        )


def _evidence(found: Mapping[str, str]) -> str:
    if found.get("course") != COURSE_TAG or LEDGER_TAG not in found:
        return f"it has no tag {LEDGER_TAG!r} of this course, so that it may be anybody's"
    return (
        f"its tags name the ledger {found[LEDGER_TAG]} and the lab {found.get('lab', '?')}, "
        "which is another person's work or another copy of this course"
    )


def whose(found: Mapping[str, str], ledger: Ledger, slug: str) -> Whose:
    """Whose something is, by its tags."""
    if found.get("course") != COURSE_TAG or LEDGER_TAG not in found:
        return Whose.UNKNOWN
    own = tags(slug, ledger.id)
    return Whose.OWN if own.items() <= dict(found).items() else Whose.OTHERS


def owner(
    cloud: Cloud,
    ledger: Ledger,
    resource: Resource,
    instance: Instance,
    made: Collection[Resource],
) -> Whose:
    """Whose one resource is: by its tags; a log group without any, by its function and the ledger.

    Lambda makes a function's log group, without tags. It is ours when the ledger says that there
    was none before we made the function, and nobody else has a function of that name now. One that
    was seen to be gone, and was made again so soon after that only an attempt of our deleted
    function can have done it, is ours, too.

    Args:
        cloud: the cloud.
        ledger: the ledger.
        resource: its name.
        instance: what bears the name.
        made: what the ledger holds as made.

    Raises:
        ClientError: the cloud cannot tell.
    """
    found = whose(instance.tags, ledger, resource.slug)
    if found is not Whose.UNKNOWN or resource.kind != LOG_GROUP:
        return found
    function = resource.name.removeprefix(LOG_GROUPS)
    if function == resource.name:
        return Whose.UNKNOWN
    functions = KINDS["lambda:function"].instances(cloud, function)
    owners = {whose(each.tags, ledger, resource.slug) for each in functions}
    if Whose.OTHERS in owners:
        return Whose.OTHERS
    named = function.startswith(prefix(resource.slug))
    proven = owners == {Whose.OWN} or (named and not owners)
    if resource in made and proven:
        return Whose.OWN
    is_late = Whose.UNKNOWN not in owners and _came_late(ledger, resource, instance)
    return Whose.OWN if is_late else Whose.UNKNOWN


def _came_late(ledger: Ledger, resource: Resource, instance: Instance) -> bool:
    """Whether a log group was made in the time that attempts of a deleted function may take."""
    gone = ledger.gone_at(resource)
    if gone is None or instance.created is None:
        return False
    return gone - CLOCKS_DIFFER < instance.created <= gone + LONGEST_ATTEMPT + CLOCKS_DIFFER


def claim(cloud: Cloud, ledger: Ledger, resource: Resource) -> bool:
    """Write down that a resource will be made, unless its name is somebody else's.

    Returns whether it is there already, and this lab's.

    Raises:
        ForeignResource: something of that name is there and is not this lab's.
        ClientError: the cloud cannot tell whether something is there.
        StateError: the ledger cannot be written.
    """
    made = ledger.confirmed(resource.target, resource.slug)
    there = list(KINDS[resource.kind].instances(cloud, resource.name))
    for instance in there:
        if owner(cloud, ledger, resource, instance, made) is not Whose.OWN:
            raise ForeignResource.of(resource, instance.tags)
    ledger.record(resource)
    return bool(there)
