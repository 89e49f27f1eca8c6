"""Saved queries: PutQueryDefinition, DescribeQueryDefinitions, DeleteQueryDefinition.

Source: Amazon CloudWatch Logs API Reference (botocore's model, read 2026-11). A query is kept as it
is, whether it can run or not.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

from ...wire.errors import ServiceError
from .call import LogsCall

KEPT = ("queryLanguage", "name", "queryString", "logGroupNames", "parameters")
PAGE = 1000


class QueryDefinitions:
    """The saved queries of each region."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], dict[str, Any]] = {}

    def put(self, call: LogsCall) -> dict[str, Any]:
        """Save a query, a new one or one by its id."""
        given = call.parameters
        name = given.get("queryDefinitionId") or str(uuid.uuid4())
        with self._lock:
            if given.get("queryDefinitionId") and (call.region, name) not in self._found:
                raise _missing()
            self._found[call.region, name] = {
                "queryDefinitionId": name,
                "lastModified": int(time.time() * 1000),
                **{member: given[member] for member in KEPT if member in given},
            }
        return {"queryDefinitionId": name}

    def describe(self, call: LogsCall) -> dict[str, Any]:
        """The saved queries whose names begin with a prefix, in the order of their names."""
        given = call.parameters
        prefix, language = given.get("queryDefinitionNamePrefix", ""), given.get("queryLanguage")
        with self._lock:
            found = [
                each
                for (region, _), each in self._found.items()
                if region == call.region
                and each["name"].startswith(prefix)
                and (language is None or each.get("queryLanguage", "CWLI") == language)
            ]
        found.sort(key=lambda each: (each["name"], each["queryDefinitionId"]))
        ids = [each["queryDefinitionId"] for each in found]
        token = given.get("nextToken")
        if token is not None and token not in ids:
            raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
        start = 0 if token is None else ids.index(token) + 1
        page = found[start : start + given.get("maxResults", PAGE)]
        more = start + len(page) < len(found)
        return {
            "queryDefinitions": page,
            "nextToken": page[-1]["queryDefinitionId"] if more else None,
        }

    def delete(self, call: LogsCall) -> dict[str, Any]:
        """Delete a saved query."""
        with self._lock:
            if self._found.pop((call.region, call.parameters["queryDefinitionId"]), None) is None:
                raise _missing()
        return {"success": True}


def _missing() -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", "The specified query definition does not exist."
    )
