"""The address of a function URL: ``http://ID.lambda-url.REGION.localhost:PORT/``."""

from __future__ import annotations

from typing import Any

from .registry import LATEST, FunctionRecord, Registry


def is_closed(registry: Registry, region: str, url_id: str) -> bool:
    """Whether an address was that of an alias that was deleted: AWS still knows it then
    (test_lambda_url_persists_after_alias_delete, recorded 2025-11)."""
    start = f"http://{url_id}."
    functions = registry.region(region).functions.values()
    return any(url.startswith(start) for record in functions for url in record.closed_urls)


def find_url(
    registry: Registry, region: str, url_id: str
) -> tuple[FunctionRecord, str | None, dict[str, Any]] | None:
    """The function, qualifier and configuration behind an address; None when there is none."""
    start = f"http://{url_id}."
    for record in registry.region(region).functions.values():
        for key, config in record.urls.items():
            if config["FunctionUrl"].startswith(start):
                return record, None if key == LATEST else key, config
    return None
