"""The rules of an S3 lifecycle configuration: what AWS refuses, what is not done here, and what a
rule is about.

Sources: S3 API Reference, PutBucketLifecycleConfiguration, and S3 User Guide, "Lifecycle
configuration elements" (read 2026-11); the words are AWS's where they are quoted in public
(reports of S3 and of services that copy it, 2016 to 2026), and else ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..wire.errors import ServiceError

MOST_RULES = 1000
LONGEST_ID = 255
MALFORMED = (
    "The XML you provided was not well-formed or did not validate against our published schema"
)
NO_ACTION = "At least one action needs to be specified in a rule"
POSITIVE = "'{}' for {} action must be a positive integer"
NOT_DONE = (
    "The embedded cloud does not move objects to other storage classes ({}). Leave it out, or use "
    "an AWS account for it."
)
KNOWN = frozenset(
    {
        *("ID", "Prefix", "Filter", "Status", "Expiration", "NoncurrentVersionExpiration"),
        "AbortIncompleteMultipartUpload",
    }
)
ACTIONS = ("Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")


@dataclass(frozen=True)
class Selection:
    """The objects that a rule is about: all conditions hold. Sizes are in bytes."""

    prefix: str = ""
    tags: Mapping[str, str] | None = None
    larger_than: int | None = None
    smaller_than: int | None = None

    def takes_key(self, key: str) -> bool:
        """Whether it is about objects of that key, as far as the key says."""
        return key.startswith(self.prefix)

    def takes(self, key: str, size: int, tags: Mapping[str, str]) -> bool:
        """Whether it is about an object of that key, size in bytes and tags."""
        return (
            self.takes_key(key)
            and all(tags.get(name) == value for name, value in (self.tags or {}).items())
            and (self.larger_than is None or size > self.larger_than)
            and (self.smaller_than is None or size < self.smaller_than)
        )


@dataclass(frozen=True)
class Rule:
    """One rule. ``shown`` is it as GetBucketLifecycleConfiguration shows it; ages are in days,
    ``date`` in seconds since the epoch; None where the rule does not say."""

    shown: Mapping[str, Any]
    is_enabled: bool
    selection: Selection
    days: int | None
    date: float | None
    deletes_markers: bool
    noncurrent_days: int | None
    newer_versions: int
    abort_days: int | None


def read(rules: list[Any]) -> list[Rule]:
    """The rules of a configuration, each as xmltodict reads it.

    Raises `ServiceError`: MalformedXML, InvalidArgument or InvalidRequest as S3 has them, and
    NotImplemented for what is not done here.
    """
    if not 1 <= len(rules) <= MOST_RULES:
        raise _malformed()
    found = [_rule(_mapping(each)) for each in rules]
    names = [each.shown["ID"] for each in found]
    if len({*names}) < len(names):
        raise _argument("Rule ID must be unique. Found same ID for more than one rule")
    return found


def _rule(given: Mapping[str, Any]) -> Rule:
    for name in given:
        if "Transition" in name:
            raise ServiceError("NotImplemented", NOT_DONE.format(name), 501)
    if given.keys() - KNOWN or given.get("Status") not in ("Enabled", "Disabled"):
        raise _malformed()
    if ("Filter" in given) == ("Prefix" in given):
        raise _malformed()
    name = given.get("ID") or str(uuid.uuid4())
    if len(name) > LONGEST_ID:
        raise _argument(f"ID length should not exceed allowed limit of {LONGEST_ID}")
    shown: dict[str, Any] = {"ID": name, "Status": given["Status"]}
    if "Prefix" in given:
        shown["Prefix"] = given["Prefix"] or ""
        selection = Selection(shown["Prefix"])
    else:
        selection, shown["Filter"] = _filter(given["Filter"])
    actions = {each: _mapping(given[each]) for each in ACTIONS if each in given}
    if not actions:
        raise ServiceError("InvalidRequest", NO_ACTION)
    shown |= actions
    days, date, markers = _expiration(actions.get("Expiration"))
    noncurrent, newer = _noncurrent(actions.get("NoncurrentVersionExpiration"))
    abort = None
    if "AbortIncompleteMultipartUpload" in actions:
        abort = _abort(actions["AbortIncompleteMultipartUpload"], selection)
    if markers and selection.tags:
        text = "ExpiredObjectDeleteMarker cannot be specified with Tags."
        raise ServiceError("InvalidRequest", text)
    enabled = given["Status"] == "Enabled"
    return Rule(shown, enabled, selection, days, date, markers, noncurrent, newer, abort)


def _filter(given: Any) -> tuple[Selection, dict[str, Any]]:
    given = _mapping(given)
    if len(given) > 1:
        raise _malformed()
    inside = _mapping(given["And"]) if "And" in given else given
    if "And" in given and len(inside) < 2 and not isinstance(inside.get("Tag"), list):
        raise _malformed()
    if inside.keys() - {"Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}:
        raise _malformed()
    shown: dict[str, Any] = {}
    if "Prefix" in inside:
        shown["Prefix"] = inside["Prefix"] or ""
    sizes = {
        each: _whole(inside[each])
        for each in ("ObjectSizeGreaterThan", "ObjectSizeLessThan")
        if each in inside
    }
    shown |= sizes
    tags: dict[str, str] = {}
    if "Tag" in inside:
        listed = inside["Tag"] if isinstance(inside["Tag"], list) else [inside["Tag"]]
        for tag in map(_mapping, listed):
            if "Key" not in tag or tag["Key"] in tags:
                raise ServiceError("InvalidRequest", "Duplicate Tag Keys are not allowed.")
            tags[tag["Key"]] = tag.get("Value") or ""
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        shown |= {"Tags": pairs} if "And" in given else {"Tag": pairs[0]}
    larger, smaller = sizes.get("ObjectSizeGreaterThan"), sizes.get("ObjectSizeLessThan")
    if larger is not None and smaller is not None and larger >= smaller:
        raise ServiceError(
            "InvalidRequest",
            "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.",
        )
    selection = Selection(shown.get("Prefix", ""), tags, larger, smaller)
    return selection, {"And": shown} if "And" in given else shown


def _expiration(given: Mapping[str, Any] | None) -> tuple[int | None, float | None, bool]:
    if given is None:
        return None, None, False
    if len(given) != 1 or given.keys() - {"Days", "Date", "ExpiredObjectDeleteMarker"}:
        raise _malformed()
    if "Days" in given:
        return _positive(given["Days"], "Days", "Expiration"), None, False
    if "Date" in given:
        return None, _midnight(given["Date"]), False
    if given["ExpiredObjectDeleteMarker"] not in ("true", "false"):
        raise _malformed()
    return None, None, given["ExpiredObjectDeleteMarker"] == "true"


def _noncurrent(given: Mapping[str, Any] | None) -> tuple[int | None, int]:
    if given is None:
        return None, 0
    if "NoncurrentDays" not in given or given.keys() - {
        "NoncurrentDays",
        "NewerNoncurrentVersions",
    }:
        raise _malformed()
    action = "NoncurrentVersionExpiration"
    newer = 0
    if "NewerNoncurrentVersions" in given:
        newer = _positive(
            given["NewerNoncurrentVersions"], "NewerNoncurrentVersions", action, most=100
        )
    return _positive(given["NoncurrentDays"], "NoncurrentDays", action), newer


def _abort(given: Mapping[str, Any], selection: Selection) -> int:
    if given.keys() != {"DaysAfterInitiation"}:
        raise _malformed()
    for named, there in (
        ("Tags", bool(selection.tags)),
        ("Object Size", selection.larger_than is not None or selection.smaller_than is not None),
    ):
        if there:
            text = f"AbortIncompleteMultipartUpload cannot be specified with {named}."
            raise ServiceError("InvalidRequest", text)
    action = "AbortIncompleteMultipartUpload"
    return _positive(given["DaysAfterInitiation"], "DaysAfterInitiation", action)


def _mapping(given: Any) -> dict[str, Any]:
    """An element's members, without its attributes. Raises `ServiceError` for a text."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise _malformed()
    return {name: value for name, value in given.items() if not name.startswith("@")}


def _whole(given: Any) -> int:
    try:
        found = int(str(given))
    except ValueError:
        raise _malformed() from None
    if found < 0:
        raise _malformed()
    return found


def _positive(given: Any, name: str, action: str, most: int = 2**31 - 1) -> int:
    try:
        found = int(str(given))
    except ValueError:
        raise _malformed() from None
    if not 0 < found <= most:
        raise _argument(POSITIVE.format(name, action))
    return found


def _midnight(given: Any) -> float:
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError:
        raise _malformed() from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if found.timestamp() % 86_400:
        raise _argument("'Date' must be at midnight GMT")
    return found.timestamp()


def _malformed() -> ServiceError:
    return ServiceError("MalformedXML", MALFORMED)


def _argument(text: str) -> ServiceError:
    return ServiceError("InvalidArgument", text)
