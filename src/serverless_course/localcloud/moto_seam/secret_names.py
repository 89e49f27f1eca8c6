"""Secrets Manager in moto: the ARN behind a secret's name."""

from __future__ import annotations

from .application import ACCOUNT_ID


def arn(region: str, name: str) -> str:
    """A secret's ARN, which ends in six characters of its own.

    A name that no secret has stays what it is: a policy then cannot name it but by a wildcard,
    as on AWS.
    """
    from moto.secretsmanager.models import secretsmanager_backends  # noqa: PLC0415 - loads late

    found = secretsmanager_backends[ACCOUNT_ID][region].secrets.get(name)
    if found is not None:
        return str(found.arn)
    if name.startswith("arn:"):
        return name
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT_ID}:secret:{name}"
