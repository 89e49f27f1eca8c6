"""Delete what a lab made, and prove by listing that nothing remains.

Only journalled resources are deleted. A resource that bears the lab's prefix and stands in no
ledger is reported and left alone: it may be somebody's own.
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

PASSES = 3
PAUSE_S = 1.0
# Lambda removes a function's network interfaces up to 20 minutes after the function is gone
# (Lambda Developer Guide, "Configuring VPC access", read 2026): a VPC cannot go before.
PATIENCE_S = {"ec2:vpc": 25 * 60.0}


# Every lab may make these; other types are listed for labs that have made one.
ALWAYS_LISTED = ("lambda:function", "logs:log-group", "iam:role")


@dataclass(frozen=True)
class CleanUp:
    """What clean-up did and what it saw afterwards.

    Attributes:
        deleted: journalled resources that were there and are not any more.
        already_gone: journalled resources that were not there.
        remaining: journalled resources that are still listed; must be empty.
        not_ours: resources with the lab's prefix that stand in no ledger; never deleted.
        failures: what a delete call answered, by resource, for those that remain.
    """

    deleted: tuple[Resource, ...]
    already_gone: tuple[Resource, ...]
    remaining: tuple[Resource, ...]
    not_ours: tuple[Resource, ...]
    failures: dict[Resource, str]

    @property
    def clean(self) -> bool:
        """Whether nothing that the lab made remains."""
        return not self.remaining

    def describe(self) -> str:
        """The result in plain sentences: what was deleted, by short name, and what remains."""
        said = [f"Deleted: {_by_kind(self.deleted) or 'nothing, for nothing was there'}."]
        remain = "resource remains" if len(self.remaining) == 1 else "resources remain"
        said.append(f"{len(self.remaining)} {remain}: a new listing shows it.")
        for resource in self.remaining:
            why = self.failures.get(resource, "it is still listed")
            said.append(f"Still there: {_label(resource)} {resource.name} ({why}).")
        if self.remaining:
            said.append("Run the clean-up again in a minute; what it did stays done.")
        for resource in self.not_ours:
            said.append(
                f"Not deleted, because the course has no record of making it: {_label(resource)} "
                f"{resource.name}. Delete it yourself if it is not wanted."
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
    """Delete what the ledger holds for a lab in this cloud, and list what remains.

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
    present = listed(cloud, slug, held)
    there = [resource for resource in held if resource in present]
    left = list(there)
    failures: dict[Resource, str] = {}
    passes = _passes(cloud, there, pause_s)
    # Counted, and not timed: each pass deletes, and one that takes long must not be the last.
    for attempt in range(passes):
        if not left:
            break
        if attempt:
            tell(attempt, passes, _by_kind(left))
            sleep(pause_s)
        failures = _delete_all(cloud, left)
        present = listed(cloud, slug, held)
        # Deletions free others (a role's last user), and a log group may come back.
        left = [resource for resource in held if resource in present]
    for resource in held:
        if resource not in present:
            ledger.forget(resource)
    return CleanUp(
        deleted=tuple(resource for resource in there if resource not in present),
        already_gone=tuple(
            resource for resource in held if resource not in there and resource not in present
        ),
        remaining=tuple(left),
        not_ours=tuple(sorted(present - set(held), key=lambda found: (found.kind, found.name))),
        failures={resource: why for resource, why in failures.items() if resource in left},
    )


def listed(cloud: Cloud, slug: str, held: Iterable[Resource] = ()) -> set[Resource]:
    """What the cloud lists under a lab's prefix, and of `held` under whatever name it has.

    A resource of a type that this version of the course cannot list counts as present: its
    absence cannot be proven.

    Raises:
        ClientError: a listing was refused.
    """
    journalled = tuple(held)
    found = {resource for resource in journalled if resource.kind not in KINDS}
    wanted = {*ALWAYS_LISTED, *(resource.kind for resource in journalled)}
    for kind, how in KINDS.items():
        if kind not in wanted:
            continue
        start = how.name_prefix + prefix(slug)
        own = {resource.name for resource in journalled if resource.kind == kind}
        others = sorted(name for name in own if not name.startswith(start))
        for name in how.list_names(cloud, (start, *others)):
            if name.startswith(start) or name in own:
                found.add(Resource(cloud.target, slug, kind, name))
    return found


def _passes(cloud: Cloud, there: Iterable[Resource], pause_s: float) -> int:
    """How often to try: some resources need minutes of AWS's clock to let go."""
    longest_s = max((PATIENCE_S.get(resource.kind, 0.0) for resource in there), default=0.0)
    if not longest_s or not pause_s:
        return PASSES
    return max(PASSES, math.ceil(longest_s / cloud.clock_factor / pause_s))


def _delete_all(cloud: Cloud, resources: Sequence[Resource]) -> dict[Resource, str]:
    order = list(KINDS)
    failures = {}
    known = [resource for resource in resources if resource.kind in KINDS]
    for resource in resources:
        if resource.kind not in KINDS:
            failures[resource] = "this version of the course does not know its type"
    for resource in sorted(known, key=lambda found: order.index(found.kind)):
        try:
            KINDS[resource.kind].delete(cloud, resource.name)
        except ClientError as error:
            # One that cannot go now must not keep the others; the listing decides what is left.
            failures[resource] = str(error)
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
