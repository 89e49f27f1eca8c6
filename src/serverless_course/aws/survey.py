"""What a cloud lists of a lab: by the lab's prefix, and by every name in the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds import KINDS
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import prefix
from serverless_course.aws.ownership import Whose, owner

# Every lab may make these; other types are listed for labs that have made one.
ALWAYS_LISTED = ("lambda:function", "logs:log-group", "iam:role")
# Lambda makes them, and gives them no tags.
UNTAGGED = ("logs:log-group", "lambda:event-source-mapping")


@dataclass(frozen=True)
class Seen:
    """One resource that the cloud lists.

    Attributes:
        resource: its name.
        id: what its delete call takes.
        whose: whose it is.
    """

    resource: Resource
    id: str
    whose: Whose


def survey(
    cloud: Cloud, ledger: Ledger, slug: str, *, proven: Collection[Resource] = ()
) -> list[Seen]:
    """List what bears the lab's prefix or a name in the ledger, and whose each is.

    A resource of a type that this version of the course cannot list counts as present: its
    absence cannot be proven.

    Args:
        cloud: the cloud.
        ledger: the ledger.
        slug: the lab.
        proven: what was seen to be the lab's own a moment ago.

    Raises:
        ClientError: a listing was refused.
    """
    held = ledger.held(cloud.target, slug)
    ever = ledger.ever(cloud.target, slug)
    made = ledger.confirmed(cloud.target, slug)
    found = [Seen(each, each.name, Whose.OWN) for each in held if each.kind not in KINDS]
    wanted = {*ALWAYS_LISTED, *(each.kind for each in ever)}
    for kind, how in KINDS.items():
        if kind not in wanted:
            continue
        start = how.name_prefix + prefix(slug)
        names = dict.fromkeys(each.name for each in ever if each.kind == kind)
        listed = dict.fromkeys(
            name for name in how.list_names(cloud, start) if name.startswith(start)
        )
        others = [name for name in names if not name.startswith(start)]
        for name in [*listed, *others]:
            resource = Resource(cloud.target, slug, kind, name)
            for instance in how.instances(cloud, name):
                whose = owner(cloud, ledger, resource, instance, made)
                if whose is Whose.UNKNOWN and resource in proven and kind in UNTAGGED:
                    whose = Whose.OWN
                found.append(Seen(resource, instance.id, whose))
    return found
