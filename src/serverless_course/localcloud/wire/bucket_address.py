"""Where a request to S3 names its bucket: in the path, or in the host."""

from __future__ import annotations

from .http import Request


def path_with_bucket(request: Request) -> str:
    """The path as sent, with the bucket in front of it where the host named it."""
    host = request.header("host").rpartition(":")[0] or request.header("host")
    if not host.endswith(".localhost"):
        return request.path
    return f"/{host.removesuffix('.localhost').removesuffix('.s3')}{request.path}"
