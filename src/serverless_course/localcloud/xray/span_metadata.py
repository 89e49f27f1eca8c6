"""Annotations and metadata: what is left of a span's attributes.

Attributes that ``aws.xray.annotations`` names become annotations, and can be searched for; all
others become metadata. A segment's metadata holds its resource's attributes as well.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .span_attributes import Attributes

ANNOTATIONS = "aws.xray.annotations"
METADATA = "aws.xray.metadata."
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9_.]")
_OWN = frozenset({ANNOTATIONS, "enduser.id"})


def annotations_and_metadata(
    given: Attributes, about: Attributes, used: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both parts of a document; empty ones for a span that has nothing for them.

    ``used`` are attributes that other parts of the document show already.
    """
    wanted = given.get(ANNOTATIONS)
    indexed = set(wanted) if isinstance(wanted, list) else set()
    every = {**{f"otel.resource.{key}": value for key, value in about.items()}, **given}
    annotations = {
        _NOT_IN_KEYS.sub("_", key): every[key]
        for key in every
        if key in indexed and isinstance(every[key], str | int | float | bool)
    }
    metadata: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for key, value in every.items():
        if key in _OWN or key in used or key in indexed or value is None:
            continue
        named = _named(key, value)
        if named is None:
            plain[key] = value
        elif key.removeprefix(METADATA).lower() == "default":
            plain.update(named)
        else:
            metadata[key.removeprefix(METADATA)] = named
    return annotations, {**metadata, **({"default": plain} if plain else {})}


def _named(key: str, value: Any) -> dict[str, Any] | None:
    """The JSON object in an attribute ``aws.xray.metadata.NAMESPACE``."""
    if not key.startswith(METADATA) or not isinstance(value, str):
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
