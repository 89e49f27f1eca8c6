"""Names and tags of everything that a lab makes.

The name prefix and the two tags let a person find the course's resources in their account.
"""

from __future__ import annotations

import re
from typing import Any

COURSE_TAG = "serverless-measured"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z0-9_-]+")

# The tightest of the services used: a function, a role and a DLQ name may all have 64 characters.
LIMIT = 64


def prefix(slug: str) -> str:
    """What each resource name of a lab begins with, for example ``course-04-memory-tuning-``.

    Raises:
        ValueError: when `slug` is not made of lower-case words, digits and hyphens.
    """
    if not _SLUG.fullmatch(slug):
        raise ValueError(
            f"{slug!r} is not a lab's name. Lab names look like '04-memory-tuning': lower-case "
            "letters, digits and single hyphens."
        )
    return f"course-{slug}-"


def resource_name(slug: str, name: str, *, limit: int = LIMIT) -> str:
    """The full name of a resource in AWS.

    Args:
        slug: the lab, for example ``"04-memory-tuning"``.
        name: the resource's own short name, for example ``"primes"``.
        limit: how many characters the service allows.

    Raises:
        ValueError: when the name holds other characters or would be too long.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot be part of a resource name. Use letters, digits, '-' and '_'."
        )
    full = prefix(slug) + name
    if len(full) > limit:
        raise ValueError(
            f"{full!r} has {len(full)} characters; AWS allows {limit} here. "
            f"Shorten {name!r} by {len(full) - limit}."
        )
    return full


def tags(slug: str) -> dict[str, str]:
    """The tags of every resource of a lab, as Lambda and SQS take them."""
    return {"course": COURSE_TAG, "lab": slug}


def tag_list(slug: str) -> list[dict[str, str]]:
    """The same tags as a list of Key and Value, as IAM and EC2 take them."""
    return [{"Key": key, "Value": value} for key, value in tags(slug).items()]


def name_tag(described: dict[str, Any]) -> str:
    """The Name tag of something that EC2 describes; "" without one."""
    found: dict[str, str] = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
    return found.get("Name", "")


def name_filter(*names: str) -> dict[str, Any]:
    """A filter of EC2's describe calls: what has one of these names as its Name tag."""
    return {"Name": "tag:Name", "Values": list(names)}
