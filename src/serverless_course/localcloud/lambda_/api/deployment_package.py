"""A deployment package: read from the request or from S3, checked, unpacked off the event loop."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from ...wire.errors import ServiceError
from ..not_offered import CODE, not_offered, refuse
from .plane import ControlPlane

# 50 MB of zip in a request, before Base64; 250 MB in S3 (Lambda quotas, read 2026-11).
MAX_ZIP_BYTES = 52_428_800


@dataclass(frozen=True)
class DeploymentPackage:
    """A package in the code store: its key there, and its size as a zip in bytes."""

    key: str
    zip_size: int

    @property
    def members(self) -> dict[str, Any]:
        """CodeSize in bytes and CodeSha256 in Base64, as FunctionConfiguration has them."""
        return {"CodeSize": self.zip_size, "CodeSha256": self.sha256}

    @property
    def sha256(self) -> str:
        """The SHA-256 of the zip in Base64: the store's key in another writing."""
        return base64.b64encode(bytes.fromhex(self.key)).decode()


async def read(
    plane: ControlPlane, code: dict[str, Any], missing: str = "function code"
) -> DeploymentPackage:
    """The package that ``Code``, ``Content`` or UpdateFunctionCode's parameters name, unpacked.

    ``missing`` is what AWS calls it when there is none. Raises `ServiceError` for what is
    missing, too large, or no zip.
    """
    _refuse_what_is_not_offered(code)
    data = code.get("ZipFile")
    if data is not None and len(data) >= MAX_ZIP_BYTES:
        raise ServiceError(
            "RequestEntityTooLargeException",
            f"Zipped size must be smaller than {MAX_ZIP_BYTES} bytes",
            413,
        )
    if data is None and code.get("S3Bucket"):
        data = await asyncio.to_thread(
            plane.services.objects.read,
            code["S3Bucket"],
            code.get("S3Key", ""),
            code.get("S3ObjectVersion"),
        )
    if data is None:
        raise ServiceError(
            "InvalidParameterValueException", f"Please provide a source for {missing}."
        )
    key = await asyncio.to_thread(plane.code.put, data)
    return DeploymentPackage(key, len(data))


def _refuse_what_is_not_offered(code: dict[str, Any]) -> None:
    refuse(code, CODE)
    if code.get("S3ObjectStorageMode") == "REFERENCE":
        raise not_offered("S3ObjectStorageMode REFERENCE", "self-managed S3 code storage")
