"""S3 objects in moto, as Lambda reads deployment packages from them."""

from __future__ import annotations

from collections.abc import Callable

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError


class Objects:
    """``wait`` returns when moto is loaded. May be used on any thread."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self._wait = wait

    def read(self, bucket: str, key: str, version: str | None) -> bytes:
        """An object's bytes. Raises `ServiceError` (InvalidParameterValueException)."""
        self._wait()
        from moto.s3.exceptions import MissingBucket  # noqa: PLC0415 - moto loads late
        from moto.s3.models import s3_backends  # noqa: PLC0415

        try:
            found = s3_backends[ACCOUNT_ID]["aws"].get_object(bucket, key, version_id=version)
        except MissingBucket as error:
            raise _refused("NoSuchBucket", "The specified bucket does not exist") from error
        if found is None:
            raise _refused("NoSuchKey", "The specified key does not exist.")
        return bytes(found.value)


def _refused(code: str, message: str) -> ServiceError:
    return ServiceError(
        "InvalidParameterValueException",
        f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}",
    )
