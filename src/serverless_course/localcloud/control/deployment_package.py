"""A deployment package: read from the request or from S3, checked, unpacked off the event loop."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from ..errors import ServiceError
from .plane import ControlPlane

# 50 MB of zip in Base64 (Lambda quotas, read 2026-11).
MAX_ZIP_BYTES = 52_428_800


@dataclass(frozen=True)
class DeploymentPackage:
    """A package that is unpacked: its key in the code store, the zip itself, what the API shows."""

    key: str
    data: bytes

    @property
    def members(self) -> dict[str, Any]:
        """CodeSize in bytes and CodeSha256 in Base64, as FunctionConfiguration has them."""
        return {"CodeSize": len(self.data), "CodeSha256": sha256_of(self.data)}


def sha256_of(data: bytes) -> str:
    """The SHA-256 of a package, in Base64."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


async def read(plane: ControlPlane, region: str, code: dict[str, Any]) -> DeploymentPackage:
    """The package that ``Code`` (or UpdateFunctionCode's parameters) names, unpacked.

    Raises `ServiceError` for what is missing, too large, or no zip.
    """
    if code.get("ImageUri"):
        raise ServiceError(
            "InvalidParameterValueException",
            "The embedded cloud runs zip packages only: container images need Docker. "
            "Send a ZipFile, or name an S3Bucket and an S3Key.",
        )
    data = code.get("ZipFile")
    if data is None and code.get("S3Bucket"):
        data = await asyncio.to_thread(
            plane.services.s3_object,
            code["S3Bucket"],
            code.get("S3Key", ""),
            code.get("S3ObjectVersion"),
        )
    if data is None:
        raise ServiceError(
            "InvalidParameterValueException", "Please provide a source for function code."
        )
    if len(data) > MAX_ZIP_BYTES and code.get("ZipFile") is not None:
        raise ServiceError(
            "RequestEntityTooLargeException",
            "Request must be smaller than 69905067 bytes for the CreateFunction operation",
            413,
        )
    key = await asyncio.to_thread(plane.code.put, data)
    return DeploymentPackage(key, data)
