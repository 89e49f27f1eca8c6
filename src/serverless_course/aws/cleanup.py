"""Delete what a lab made, and prove by listing that nothing remains.

Deleted is what bears the course's tags and this ledger's id (see ``ownership``), under whatever
name. All else that bears the lab's prefix is reported and left alone: it may be somebody's own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds import KINDS
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import prefix
from serverless_course.aws.ownership import LOG_GROUP, Whose
from serverless_course.aws.survey import Seen, survey

PASSES = 3
PAUSE_S = 1.0
# Lambda removes a function's network interfaces up to 20 minutes after the function is gone
# (Lambda Developer Guide, "Configuring VPC access", read 2026): a VPC cannot go before.
PATIENCE_S = {"ec2:vpc": 25 * 60.0}


@dataclass(frozen=True)
class CleanUp:
    """What clean-up did and what it saw afterwards.

    Attributes:
        deleted: resources of this lab that were there and are not any more.
        already_gone: journalled resources that were not there.
        remaining: resources of this lab that are still listed; must be empty.
        not_ours: resources with the lab's prefix, or journalled, that are another ledger's or
            another lab's by their tags; never deleted.
        unclaimed: the same, without tags that say whose they are; never deleted.
        failures: what a delete call answered, by resource, for those that remain.
    """

    deleted: tuple[Resource, ...]
    already_gone: tuple[Resource, ...]
    remaining: tuple[Resource, ...]
    not_ours: tuple[Resource, ...]
    failures: dict[Resource, str]
    unclaimed: tuple[Resource, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the last listing showed nothing that the lab made, or may have made."""
        return not self.remaining and not self.unclaimed

    @property
    def listed(self) -> int:
        """How many resources that the lab made, or may have made, the last listing showed."""
        return len(self.remaining) + len(self.unclaimed)

    def describe(self) -> str:
        """The result in plain sentences: what was deleted, by short name, and what remains."""
        said = [f"Deleted: {_by_kind(self.deleted) or 'nothing, for nothing was there'}."]
        remain = "resource remains" if self.listed == 1 else "resources remain"
        said.append(f"{self.listed} {remain}: a new listing shows it.")
        for resource in self.remaining:
            why = self.failures.get(resource, "it is still listed")
            said.append(f"Still there: {_label(resource)} {resource.name} ({why}).")
        if self.remaining:
            said.append("Run the clean-up again in a minute; what it did stays done.")
        for resource in self.unclaimed:
            said.append(
                f"Not deleted, because the course has no record of making it: {_label(resource)} "
                f"{resource.name}. Delete it yourself if it is not wanted."
            )
        for resource in self.not_ours:
            said.append(
                f"Left alone, because its tags say that it is not this lab's: {_label(resource)} "
                f"{resource.name}."
            )
        return "\n".join(said)


def clean_up(
    cloud: Cloud,
    ledger: Ledger,
    slug: str,
    *,
    pause_s: float = PAUSE_S,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[int, int, str], None] = lambda done, passes, left: None,
) -> CleanUp:
    """Delete what is a lab's own in this cloud, and list what remains.

    It may be interrupted and run again at any point: a resource leaves the ledger only after a
    listing did not show it any more.

    Args:
        cloud: the cloud; lines of other clouds are left alone.
        ledger: the ledger.
        slug: the lab.
        pause_s: seconds between passes. More than one pass is needed where AWS is slow to let go,
            or a function's last log lines make its log group again.
        sleep: how to wait.
        tell: told before each pause how many passes are done, how many there may be, and what is
            left.

    Raises:
        ClientError: a listing was refused, so that nothing could be proven.
    """
    held = ledger.held(cloud.target, slug)
    seen = survey(cloud, ledger, slug)
    own = _names(seen, Whose.OWN)
    left = own
    failures: dict[Resource, str] = {}
    passes = _passes(cloud, own, pause_s)
    # Counted, and not timed: each pass deletes, and one that takes long must not be the last.
    for attempt in range(passes):
        if not left:
            break
        if attempt:
            tell(attempt, passes, _by_kind(left))
            sleep(pause_s)
        failures = _delete_all(cloud, seen)
        # What was proven stays proven: a log group's function may be gone by now.
        seen = survey(cloud, ledger, slug, proven=own)
        # Deletions free others (a role's last user), and a log group may come back.
        left = _names(seen, Whose.OWN)
        own = tuple(dict.fromkeys([*own, *left]))
    present = {found.resource for found in seen}
    for resource in held:
        if resource not in present and not _may_come(resource, present):
            ledger.forget(resource)
    return CleanUp(
        deleted=tuple(resource for resource in own if resource not in present),
        already_gone=tuple(
            resource for resource in held if resource not in own and resource not in present
        ),
        remaining=left,
        not_ours=_sorted(set(_names(seen, Whose.OTHERS)) - set(left)),
        failures={resource: why for resource, why in failures.items() if resource in left},
        unclaimed=_sorted(set(_names(seen, Whose.UNKNOWN)) - set(left)),
    )


def listed(cloud: Cloud, slug: str, ledger: Ledger) -> set[Resource]:
    """What the cloud lists under a lab's prefix, and of the ledger's under whatever name.

    Raises:
        ClientError: a listing was refused.
    """
    return {found.resource for found in survey(cloud, ledger, slug)}


def _names(seen: Iterable[Seen], whose: Whose) -> tuple[Resource, ...]:
    return tuple(dict.fromkeys(found.resource for found in seen if found.whose is whose))


def _sorted(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    return tuple(sorted(resources, key=lambda found: (found.kind, found.name)))


def _may_come(resource: Resource, present: set[Resource]) -> bool:
    """Whether a function that is still there may make this log group."""
    function = resource.name.removeprefix(KINDS[LOG_GROUP].name_prefix)
    return resource.kind == LOG_GROUP and any(
        found.kind == "lambda:function" and found.name == function for found in present
    )


def _passes(cloud: Cloud, there: Iterable[Resource], pause_s: float) -> int:
    """How often to try: some resources need minutes of AWS's clock to let go."""
    longest_s = max((PATIENCE_S.get(resource.kind, 0.0) for resource in there), default=0.0)
    if not longest_s or not pause_s:
        return PASSES
    return max(PASSES, math.ceil(longest_s / cloud.clock_factor / pause_s))


def _delete_all(cloud: Cloud, seen: Sequence[Seen]) -> dict[Resource, str]:
    order = list(KINDS)
    failures = {}
    own = [found for found in seen if found.whose is Whose.OWN]
    for found in own:
        if found.resource.kind not in KINDS:
            failures[found.resource] = "this version of the course does not know its type"
    known = [found for found in own if found.resource.kind in KINDS]
    for found in sorted(known, key=lambda found: order.index(found.resource.kind)):
        try:
            KINDS[found.resource.kind].delete(cloud, found.id)
        except ClientError as error:
            # One that cannot go now must not keep the others; the listing decides what is left.
            failures[found.resource] = str(error)
    return failures


def _by_kind(resources: Sequence[Resource]) -> str:
    """For example: 2 Lambda functions (hello, bye), 1 log group (hello), 1 IAM role (role)."""
    parts = []
    for kind, how in KINDS.items():
        names = sorted(short_name(found) for found in resources if found.kind == kind)
        if names:
            plural = "s" if len(names) > 1 else ""
            parts.append(f"{len(names)} {how.label}{plural} ({', '.join(names)})")
    return ", ".join(parts)


def short_name(resource: Resource) -> str:
    """A resource's name without what the course puts in front of it."""
    before = KINDS[resource.kind].name_prefix if resource.kind in KINDS else ""
    return resource.name.removeprefix(before).removeprefix(prefix(resource.slug))


def _label(resource: Resource) -> str:
    return KINDS[resource.kind].label if resource.kind in KINDS else resource.kind
