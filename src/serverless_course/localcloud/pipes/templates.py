"""Input templates: text or JSON with ``<$.path>`` and ``<aws.pipes.…>`` in it. Pure.

Source: EventBridge User Guide, "Amazon EventBridge Pipes input transformation" (read 2026-11): a
string that stands without quotes in JSON gets them; JSON that stands within quotes, or as the whole
template, loses its own, so that ``<$.body>`` makes ``"{key: value}"`` of ``{"key": "value"}``.
Not known: what a path makes of nothing. Here it is an empty string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .json_paths import NOTHING, find, is_path

_PLACEHOLDER = re.compile(r"<(\$[^<>]*|aws\.pipes\.[^<>]*)>")
VARIABLES = frozenset(
    {
        *("aws.pipes.pipe-arn", "aws.pipes.pipe-name", "aws.pipes.source-arn"),
        *("aws.pipes.enrichment-arn", "aws.pipes.target-arn"),
        *("aws.pipes.event.ingestion-time", "aws.pipes.event", "aws.pipes.event.json"),
    }
)


class NoJson(Exception):
    """A template, filled in, is no JSON."""


def problem(template: str) -> str:
    """What is wrong with a template whatever the event; "" when nothing is."""
    for name in _PLACEHOLDER.findall(template):
        if name.startswith("$") and not is_path(name):
            return f"<{name}> is not a JSON path that EventBridge supports."
        if not name.startswith("$") and name not in VARIABLES:
            return f"<{name}> is not a reserved variable of EventBridge Pipes."
    return ""


def filled(template: str, variables: Mapping[str, Any], event: Any) -> str:
    """The template filled in, as JSON text. Raises `NoJson`.

    ``variables`` are the reserved ones, ``event`` is what paths look at.
    """
    is_json = template.lstrip()[:1] in ("{", "[", '"')
    parts: list[str] = []
    quoted, at = not is_json, 0
    for found in _PLACEHOLDER.finditer(template):
        literal = template[at : found.start()]
        if is_json:
            quoted = _ends_quoted(literal, quoted)
        parts.append(literal if is_json else json.dumps(literal)[1:-1])
        name = found[1]
        value = find(name, event) if name.startswith("$") else variables.get(name, NOTHING)
        parts.append(_within_quotes(value) if quoted else _alone(value))
        at = found.end()
    parts.append(template[at:] if is_json else json.dumps(template[at:])[1:-1])
    text = "".join(parts) if is_json else f'"{"".join(parts)}"'
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoJson(f"The input template makes no JSON: {error}") from error
    return text


def _ends_quoted(literal: str, quoted: bool) -> bool:
    """Whether the end of a part lies within quotes, when its beginning does or does not."""
    escaped = False
    for letter in literal:
        if escaped:
            escaped = False
        elif letter == "\\" and quoted:
            escaped = True
        elif letter == '"':
            quoted = not quoted
    return quoted


def _alone(value: Any) -> str:
    return json.dumps("" if value is NOTHING else value)


def _within_quotes(value: Any) -> str:
    if value is NOTHING:
        return ""
    text = value if isinstance(value, str) else json.dumps(value).replace('"', "")
    return json.dumps(text)[1:-1]
