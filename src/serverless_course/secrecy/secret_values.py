"""The secret values that passed through calls, so that no text that is kept holds one."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any
from urllib.parse import quote, quote_plus

from serverless_course.secrecy.masking import (
    MASK,
    is_secret,
    is_sensitive,
    masked_text,
    member,
    names_a_secret,
    without_accounts,
    word,
)

# Shorter ones are in every text, by chance.
SHORTEST = 4
# What is sensitive for its place alone may be a word such as "prod".
SHORTEST_WITHOUT_A_NAME = 8
# A text that was cut within a longer secret still tells this many of its first characters.
BEGINNING = 8
# Sensitive in botocore's models, and what a lesson is about: events, answers and errors, a state
# machine's definition, a metric's expression, names of environment variables.
_TOLD = re.compile(
    r"Sensitive(Data|Cause|Error)\w*|\w*Payload|Blob|Error(Message|Type|Data)|StackTraceEntry|"
    r"(Pause|Resume)Reason|Definition|EnvironmentVariableName|MetricExpressionString|"
    r"(Alias|Version)Description|Inspection\w+|TestStateStateName|Evaluation\w+|Variable\w+"
)
# They tell where the next page begins, or that a call is the same one.
_PAGING = re.compile(r"(next|continuation|pagination|client|request|idempotency)+token")
# A variable often names a resource: a table, or where the secret is.
_RESOURCE = re.compile(r"arn:aws[\w-]*:\S+|course-\d\d-[\w-]+")


class SecretValues:
    """Secret values, by which any text can be cleaned. They are in memory only.

    What no call of this kernel held is not known by its value: a secret that a function has in its
    code, one of a call with another client, one shorter than four characters.
    """

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._forms: list[str] = []

    def learn(self, params: Any, shape: Any) -> None:
        """Remember the secrets among a call's parameters or its answer; ``shape``: botocore's."""
        new = set(_secrets(params, shape)) - self._values
        if new:
            self._values |= new
            self._forms = []

    def masked(self, text: str) -> str:
        """The text without any of the values, without what `masked_text` leaves out, or accounts.

        A value is found as it is, escaped as in JSON and Python, encoded as in links or base64,
        and where the text was cut within it.
        """
        if not self._forms:
            forms = {form for value in self._values for form in _forms(value)}
            self._forms = sorted(forms, key=len, reverse=True)
        for form in self._forms:
            text = _without(text, form)
        return without_accounts(masked_text(text))


def _secrets(value: Any, shape: Any) -> Iterator[str]:
    """Each text in a value that is secret by its name, its pair's name, or its place."""
    if is_sensitive(shape) and not _TOLD.fullmatch(shape.name):
        yield from _placed(value, shape.name)
        return
    if isinstance(value, Mapping):
        paired = names_a_secret(value)
        for key, each in value.items():
            inner = member(key, shape)
            is_paired = paired and str(key).lower().endswith("value")
            if is_paired or (_is_named(key) and not _holds_members(shape, inner)):
                yield from _leaves(each, SHORTEST)
            else:
                yield from _secrets(each, inner)
    elif isinstance(value, list | tuple):
        inner = shape.member if _type_of(shape) == "list" else None
        for each in value:
            yield from _secrets(each, inner)
    else:
        found = _json(value)
        if found is not None:
            yield from _secrets(found, None)


def _placed(value: Any, name: str) -> Iterator[str]:
    """The texts of a sensitive shape; of a function's variables, those that name no resource."""
    if not name.startswith("EnvironmentVariable"):
        yield from _leaves(value, SHORTEST if is_secret(word(name)) else SHORTEST_WITHOUT_A_NAME)
        return
    for key, each in value.items() if isinstance(value, Mapping) else [("", value)]:
        if isinstance(each, str) and not _RESOURCE.fullmatch(each):
            known = is_secret(word(str(key))) or "key" in word(str(key))
            yield from _leaves(each, SHORTEST if known else SHORTEST_WITHOUT_A_NAME)


def _leaves(value: Any, shortest: int) -> Iterator[str]:
    """Every text in a value, and every text in what is JSON in it."""
    if isinstance(value, bytes | bytearray):
        yield base64.b64encode(value).decode()
        value = value.decode("utf-8", "ignore")
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each, shortest)
    elif isinstance(value, str):
        if len(value) >= shortest:
            yield value
        found = _json(value)
        if found is not None:
            yield from _leaves(found, shortest)


def _json(value: Any) -> Any:
    """What a text in JSON holds; None for anything else."""
    if isinstance(value, bytes | bytearray):
        value = value.decode("utf-8", "ignore")
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _is_named(name: Any) -> bool:
    called = word(str(name))
    return is_secret(called) and not _PAGING.fullmatch(called)


def _holds_members(shape: Any, inner: Any) -> bool:
    """Whether AWS gave the name, and what has it holds other names: Credentials, SecretList."""
    return _type_of(shape) == "structure" and _type_of(inner) in ("structure", "map", "list")


def _type_of(shape: Any) -> str:
    return "" if shape is None else str(shape.type_name)


def _forms(value: str) -> set[str]:
    """A value as a text may hold it."""
    escaped = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    data = value.encode("utf-8", "surrogatepass")
    coded = {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(), data.hex()}
    return escaped | {repr(value)[1:-1], quote(data, safe=""), quote_plus(data)} | coded


def _without(text: str, form: str) -> str:
    """The text without `form`, and without its beginning where that alone is there."""
    begins = form if _json(form) is not None else form[:BEGINNING]
    at = text.find(begins)
    while at >= 0:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(text[at:], form, strict=False))
        end = at + len(list(same))
        text = text[:at] + MASK + text[end:]
        at = text.find(begins, at + len(MASK))
    return text
