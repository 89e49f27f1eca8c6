"""The versions of a secret as Secrets Manager lists them, and when a secret was last read.

Source: Secrets Manager API Reference, ListSecretVersionIds and DescribeSecret (read 2026-11): a
version without stages is listed with IncludeDeprecated only; LastAccessedDate is a day, and absent
for what was never read. ``DefaultEncryptionKey``: recorded from AWS (localstack's
``test_secretsmanager``, 2023 to 2025). DescribeSecret tells of versions with stages only (the same,
VersionIdsToStages). Stages in the order of the alphabet: recorded as well. A label that is on
another version: API Reference, UpdateSecretVersionStage (read 2026-11). moto 5.2.5 says that
everything was made and read just now, and keeps stages in the order in which they came.
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
CURRENT = "AWSCURRENT"
NOT_REMOVED = (
    "The parameter RemoveFromVersionId can't be empty. Staging label {0} is currently attached to "
    "version {1}, so you must explicitly reference that version in RemoveFromVersionId."
)
# Ours: AWS's words are not recorded.
NO_CURRENT = "AWSCURRENT can be moved to another version, not removed. Give MoveToVersionId."
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

    def add_secret(original: Any, backend: Any, *given: Any, **named: Any) -> Any:
        if named.get("version_stages"):
            named["version_stages"] = sorted(set(named["version_stages"]))
        return original(backend, *given, **named)

    wrap(SecretsManagerBackend, "_add_secret", add_secret)
    wrap(SecretsManagerBackend, "update_secret_version_stage", _move)
    wrap(SecretsManagerBackend, "get_secret_value", get_secret_value)
    wrap(FakeSecret, "to_dict", to_dict)


def _move(original: Any, backend: Any, secret_id: str, stage: str, source: Any, target: Any) -> Any:
    """All of it or nothing: moto takes a label away before it looks where to put it."""
    secret = backend.secrets.get(secret_id)
    versions = {} if secret is None else secret.versions
    if secret is not None and target and target not in versions:
        raise ServiceError("InvalidParameterException", f"Not a valid version: {target}")
    holder = next((id_ for id_, each in versions.items() if stage in each["version_stages"]), None)
    if target and not source and holder not in (None, target):
        raise ServiceError("InvalidParameterException", NOT_REMOVED.format(stage, holder))
    if stage == CURRENT and source and not target and source == holder:
        raise ServiceError("InvalidParameterException", NO_CURRENT)
    answer = original(backend, secret_id, stage, source, target)
    for each in versions.values():
        each["version_stages"] = sorted(set(each["version_stages"]))
    return answer


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
