"""Names whose ARN holds more than the name, looked up in moto."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..iam.account import ACCOUNT_ID
from .identity import Identity


class ResourceNames:
    """Roles, users and groups as `Identity` knows them, secrets by `secret_arn`.

    ``wait`` returns when moto is loaded.
    """

    def __init__(self, wait: Callable[[], None], identity: Identity) -> None:
        self._wait = wait
        self.role_arn = identity.role_arn
        self.user_arn = identity.user_arn
        self.group_arn = identity.group_arn

    def filtered_secrets(self, region: str, filters: list[Any]) -> list[str]:
        """The ARNs of the secrets that BatchGetSecretValue finds with these filters."""
        self._wait()
        from moto.secretsmanager import models  # noqa: PLC0415 - loads late

        secrets = models.secretsmanager_backends[ACCOUNT_ID][region].secrets.values()
        return [str(each.arn) for each in list(secrets) if models._matches(each, filters)]

    def secret_arn(self, region: str, name: str) -> str:
        """The whole ARN of a secret, which ends in six characters of its own.

        ``name`` is its name or a part of its ARN. A name that no secret has stays what it is: a
        policy then cannot name it but by a wildcard, as on AWS.
        """
        self._wait()
        from moto.secretsmanager.models import secretsmanager_backends  # noqa: PLC0415 - loads late

        found = secretsmanager_backends[ACCOUNT_ID][region].secrets.get(name)
        if found is not None:
            return str(found.arn)
        if name.startswith("arn:"):
            return name
        return f"arn:aws:secretsmanager:{region}:{ACCOUNT_ID}:secret:{name}"
