"""The versions of a secret as Secrets Manager lists them, and when a secret was last read.

Source: Secrets Manager API Reference, ListSecretVersionIds and DescribeSecret (read 2026-11): a
version without stages is listed with IncludeDeprecated only; LastAccessedDate is a day, and absent
for what was never read. ``DefaultEncryptionKey``: recorded from AWS (localstack's
``test_secretsmanager``, 2023 to 2025). DescribeSecret tells of versions with stages only (the same,
VersionIdsToStages). moto 5.2.5 says that everything was made and read just now.
"""

from __future__ import annotations

import json
import time
from typing import Any

from ..wire.errors import ServiceError
from .seam import when_imported
from .watchers import wrap

DAY_S = 24 * 3600
PAGE = 100
OWN_KEY = "DefaultEncryptionKey"
NOT_FOUND = "Secrets Manager can't find the specified secret."


def install() -> None:
    """Correct moto when Secrets Manager is imported."""
    when_imported("moto.secretsmanager.models", _reads)
    when_imported("moto.secretsmanager.responses", _lists)


def _reads() -> None:
    from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend  # noqa: PLC0415

    def get_secret_value(
        original: Any, backend: Any, secret_id: str, *rest: Any, **more: Any
    ) -> Any:
        found = original(backend, secret_id, *rest, **more)
        secret = backend.secrets.get(secret_id)
        version = secret.versions.get(found.get("VersionId")) if secret is not None else None
        if version is not None:
            secret.read_day = version["read_day"] = int(time.time()) // DAY_S * DAY_S
        return found

    def to_dict(original: Any, secret: Any) -> Any:
        told = original(secret)
        if hasattr(secret, "read_day"):
            told["LastAccessedDate"] = secret.read_day
        for name in ("VersionIdsToStages", "SecretVersionsToStages"):
            if name in told:
                told[name] = {version: each for version, each in told[name].items() if each}
        return told

    wrap(SecretsManagerBackend, "get_secret_value", get_secret_value)
    wrap(FakeSecret, "to_dict", to_dict)


def _lists() -> None:
    from moto.secretsmanager.responses import SecretsManagerResponse  # noqa: PLC0415

    def list_secret_version_ids(original: Any, response: Any) -> str:
        secret = response.backend.secrets.get(response._get_param("SecretId"))
        if secret is None:
            raise ServiceError("ResourceNotFoundException", NOT_FOUND)
        with_all = response._get_param("IncludeDeprecated") is True
        versions = [
            _told(id_, each, secret)
            for id_, each in secret.versions.items()
            if with_all or each.get("version_stages")
        ]
        token = str(response._get_param("NextToken") or "0")
        if not token.isdecimal():
            raise ServiceError("InvalidNextTokenException", "The NextToken value is invalid.")
        start = int(token)
        end = start + int(response._get_param("MaxResults") or PAGE)
        told = {"ARN": secret.arn, "Name": secret.name, "Versions": versions[start:end]}
        return json.dumps(told | ({"NextToken": str(end)} if end < len(versions) else {}))

    wrap(SecretsManagerResponse, "list_secret_version_ids", list_secret_version_ids)


def _told(version_id: str, version: dict[str, Any], secret: Any) -> dict[str, Any]:
    default = secret.kms_key_id in (None, "alias/aws/secretsmanager")
    told = {
        "CreatedDate": version.get("createdate"),
        "KmsKeyIds": [OWN_KEY if default else secret.kms_key_id],
        "LastAccessedDate": version.get("read_day"),
        "VersionId": version_id,
        "VersionStages": version.get("version_stages") or None,
    }
    return {name: value for name, value in told.items() if value is not None}
