"""The condition keys that the tags in a request give: aws:RequestTag/… and aws:TagKeys.

Source: IAM User Guide, "AWS global condition context keys" (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HOLDERS = ("Tags", "tags", "TagList")
KEYS = ("TagKeys", "tagKeys")
_NUMBERED = re.compile(r"(?:Tags?\.(?:member\.)?|TagSpecification\.\d+\.Tag\.)(\d+)\.Key$")
_KEY_NUMBERED = re.compile(r"TagKeys?\.(?:member\.)?\d+$")


def request_tags(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The keys in lower case; none for a request without tags."""
    found: dict[str, str] = {}
    names: list[str] = []
    for holder in HOLDERS:
        found |= _tags(parameters.get(holder))
    for holder in KEYS:
        listed = parameters.get(holder)
        names += [str(each) for each in listed] if isinstance(listed, list) else []
    for name, value in parameters.items():
        if _NUMBERED.match(name):
            found[str(value)] = str(parameters.get(f"{name[:-3]}Value", ""))
        elif _KEY_NUMBERED.match(name):
            names.append(str(value))
    keys = [*found, *names]
    context: dict[str, Any] = {f"aws:requesttag/{key.lower()}": tag for key, tag in found.items()}
    return {**context, "aws:tagkeys": keys} if keys else context


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): str(tag) for key, tag in value.items()}
    found = {}
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            named = {str(name).lower(): tag for name, tag in each.items()}
            key = named.get("key", named.get("tagkey"))
            if key is not None:
                found[str(key)] = str(named.get("value", named.get("tagvalue", "")))
    return found
