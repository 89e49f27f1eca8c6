"""Revision ids: a change counts only while nobody else has made one."""

from __future__ import annotations

from ...wire.errors import ServiceError


def check_revision(given: str | None, current: str, where: str = "GetFunction/GetAlias") -> None:
    """Refuse a change to something that has changed since the caller read it (412)."""
    if given is not None and given != current:
        raise ServiceError(
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the "
            f"{where} API to retrieve the latest Revision Id",
            412,
        )
