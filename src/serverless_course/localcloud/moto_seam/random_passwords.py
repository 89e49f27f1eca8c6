"""Secrets Manager's random passwords.

Source: API Reference, GetRandomPassword (read 2026-11): at least one character of every type that
is not excluded, unless RequireEachIncludedType is false; the words for a password that is too short
from moto 5.2.5, which recorded them. moto fails where nothing is left to choose from.
"""

from __future__ import annotations

import json
import secrets
import string
from typing import Any

from ..wire.errors import ServiceError
from .seam import when_imported
from .watchers import wrap

LONGEST = 4096
SHORT = "Password length is too short based on the required types."
# Ours: AWS's words are not recorded.
NOTHING = "The password can't have any character: everything is excluded."


def install() -> None:
    """Answer it when Secrets Manager is imported."""
    when_imported("moto.secretsmanager.models", _make)


def _make() -> None:
    from moto.secretsmanager.models import SecretsManagerBackend  # noqa: PLC0415 - loads late

    wrap(SecretsManagerBackend, "get_random_password", _answer)


def _answer(_: Any, backend: Any, password_length: int, **asked: Any) -> str:
    for wrong, bound in (
        (password_length < 1, "greater than or equal to 1"),
        (password_length > LONGEST, f"less than or equal to {LONGEST}"),
    ):
        if wrong:
            text = (
                f"1 validation error detected: Value '{password_length}' at 'passwordLength' "
                f"failed to satisfy constraint: Member must have value {bound}"
            )
            raise ServiceError("ValidationException", text)
    return json.dumps({"RandomPassword": password(password_length, **asked)})


def password(
    password_length: int,
    *,
    exclude_characters: str,
    exclude_numbers: bool,
    exclude_punctuation: bool,
    exclude_uppercase: bool,
    exclude_lowercase: bool,
    include_space: bool,
    require_each_included_type: bool,
) -> str:
    """A password of so many characters. Raises `ServiceError` for one that cannot be."""
    asked: Any = (
        (not exclude_lowercase, string.ascii_lowercase),
        (not exclude_uppercase, string.ascii_uppercase),
        (not exclude_numbers, string.digits),
        (not exclude_punctuation, string.punctuation),
        (include_space, " "),
    )
    kinds = [
        "".join(each for each in characters if each not in (exclude_characters or ""))
        for wanted, characters in asked
        if wanted
    ]
    kinds = [kind for kind in kinds if kind]
    if not kinds:
        raise ServiceError("InvalidParameterException", NOTHING)
    required = [secrets.choice(kind) for kind in kinds] if require_each_included_type else []
    if len(required) > password_length:
        raise ServiceError("InvalidParameterException", SHORT)
    every = "".join(kinds)
    found = [*required, *(secrets.choice(every) for _ in range(password_length - len(required)))]
    secrets.SystemRandom().shuffle(found)
    return "".join(found)
