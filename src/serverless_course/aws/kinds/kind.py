"""What clean-up must know of a type of resource: how to list it, whose it is, how to delete it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.aws.cloud import Cloud

# How AWS's services say that something does not exist (their API references, read 2026-11).
ABSENT_CODES = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchEntity",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFound",
        "ResourceNotFoundException",
    }
)


@dataclass(frozen=True)
class Instance:
    """One resource that bears a name: Name tags of VPCs, for example, need not be unique.

    Attributes:
        id: what its delete call takes.
        tags: its tags.
        created: when it was made, in UTC; None where it is not asked for.
    """

    id: str
    tags: Mapping[str, str] = field(default_factory=dict)
    created: datetime | None = None


@dataclass(frozen=True)
class Kind:
    """How one type of resource is listed and deleted.

    Attributes:
        label: the name a learner reads.
        list_names: names in the cloud; those that begin with the given start must be among them,
            others may.
        instances: what bears just this name, with its tags; empty when nothing does. Raises
            ``ClientError`` when it cannot tell.
        delete: deletes one by the id of its instance; raises ``ClientError`` when it cannot.
        name_prefix: what stands before the lab's prefix in such a name.
    """

    label: str
    list_names: Callable[[Cloud, str], Iterable[str]]
    instances: Callable[[Cloud, str], Sequence[Instance]]
    delete: Callable[[Cloud, str], None]
    name_prefix: str = ""


class absence_allowed:
    """End the body quietly when AWS says that what it asks for does not exist."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        return (
            isinstance(error, ClientError)
            and error.response.get("Error", {}).get("Code") in ABSENT_CODES
        )


def tag_map(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A list of Key and Value as a mapping."""
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags}
