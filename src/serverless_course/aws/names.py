"""Names and tags of everything that a lab makes.

The name prefix and the tags let a person find the course's resources in their account. A name is
no proof of who made something; the tags are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

COURSE_TAG = "serverless-measured"
LEDGER_TAG = "ledger"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_MARK = re.compile(r"\[([^=\[\] ]+=[^\[\] ]*(?: [^=\[\] ]+=[^\[\] ]*)*)\]$")

# The tightest of the services used: a function, a role and a DLQ name may all have 64 characters.
LIMIT = 64
# Lambda API reference, PublishLayerVersion; EventBridge Scheduler API reference, CreateSchedule
# (read 2026-11).
LAYER_DESCRIPTION_LIMIT = 256
SCHEDULE_DESCRIPTION_LIMIT = 512


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


def tags(slug: str, ledger: str = "") -> dict[str, str]:
    """The tags of every resource of a lab, as Lambda and SQS take them.

    Args:
        slug: the lab.
        ledger: the id of the ledger that it is written down in; clean-up deletes nothing without.
    """
    return {"course": COURSE_TAG, "lab": slug} | ({LEDGER_TAG: ledger} if ledger else {})


def tag_list(slug: str, ledger: str = "") -> list[dict[str, str]]:
    """The same tags as a list of Key and Value, as IAM and EC2 take them."""
    return [{"Key": key, "Value": value} for key, value in tags(slug, ledger).items()]


def tagged_description(description: str, tagged: Mapping[str, str], limit: int) -> str:
    """A description that ends with tags, for what has none: layers and schedules.

    Args:
        description: the text; its end is cut where both would be too long. One that ends with
            these tags already stays as it is.
        tagged: the tags.
        limit: how many characters the service allows.
    """
    if described_tags(description) == dict(tagged):
        return description
    mark = f"[{' '.join(f'{key}={value}' for key, value in tagged.items())}]"
    text = description[: limit - len(mark) - 1]
    return f"{text} {mark}" if text else mark


def described_tags(description: str) -> dict[str, str]:
    """The tags at a description's end; none where there are none."""
    found = _MARK.search(description)
    return dict(part.split("=", 1) for part in found[1].split(" ")) if found else {}


def name_tag(described: dict[str, Any]) -> str:
    """The Name tag of something that EC2 describes; "" without one."""
    found: dict[str, str] = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
    return found.get("Name", "")


def name_filter(*names: str) -> dict[str, Any]:
    """A filter of EC2's describe calls: what has one of these names as its Name tag."""
    return {"Name": "tag:Name", "Values": list(names)}
