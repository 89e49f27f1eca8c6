"""Queries of Logs Insights: started, run on a thread of their own, asked for their results.

Source: Amazon CloudWatch Logs API Reference, "StartQuery", "GetQueryResults", "StopQuery",
"DescribeQueries" (botocore's model, read 2026-11).
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ...iam.account import ACCOUNT_ID
from ...moto_seam.log_groups import LogGroup
from ...wire.errors import ServiceError
from ..insights import MOST_ROWS, Answer, MalformedQuery, Query, Stopped
from .call import LogsCall
from .pointers import insights_events, pointer_to

log = logging.getLogger(__name__)

MOST_GROUPS = 50
# Results of so many queries are kept; AWS keeps them for 7 days.
MOST_KEPT = 200
# So many may run or wait at once. The number is ours (AWS's was 4 in 2020 and 10 in 2021); the
# words are AWS's (an error report of 2021: cloud-carbon-footprint, issue 261).
MOST_AT_ONCE = 100
PAGE = 10_000
SCHEDULED, RUNNING, COMPLETE = "Scheduled", "Running", "Complete"
CANCELLED, FAILED, TIMEOUT = "Cancelled", "Failed", "Timeout"


@dataclass
class StartedQuery:
    """A query that was started. Times in seconds since the epoch."""

    id: str
    region: str
    text: str
    groups: list[LogGroup]
    since: int
    until: int
    limit: int
    caller: str
    query: Query
    created: float = field(default_factory=time.time)
    status: str = SCHEDULED
    took_ms: int = 0
    answer: Answer | None = None
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Run it; nothing is raised."""
        if self.stopped.is_set():
            return
        self.status = RUNNING
        started = time.perf_counter()
        try:
            # Both ends of the range belong to it.
            events = [
                event
                for group in self.groups
                for event in insights_events(
                    group, group.events(self.since * 1000, self.until * 1000 + 1)
                )
            ]
            self.answer = self.query.run(events, self.limit, self.stopped.is_set, pointer_to)
            self.status = COMPLETE
        except Stopped:
            self.status = CANCELLED
        except TimeoutError:
            # A regular expression backtracked on and on.
            self.status = TIMEOUT
        except Exception:
            log.exception("a query of Logs Insights failed")
            self.status = FAILED
        self.took_ms = round((time.perf_counter() - started) * 1000)

    @property
    def is_over(self) -> bool:
        return self.status in (COMPLETE, CANCELLED, FAILED, TIMEOUT)


class Queries:
    """The queries that were started lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, StartedQuery] = {}
        self._threads = ThreadPoolExecutor(2, "insights")

    def close(self) -> None:
        """Stop what runs."""
        for each in list(self._found.values()):
            each.stopped.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def start(self, call: LogsCall) -> dict[str, Any]:
        """Compile a query and run it soon. Raises `ServiceError` when too many are under way."""
        given = call.parameters
        if given.get("queryLanguage", "CWLI") != "CWLI":
            raise ServiceError(
                "InvalidParameterException",
                "The embedded cloud offers the Logs Insights query language (CWLI) only.",
            )
        groups = _groups(call)
        since, until = given["startTime"], given["endTime"]
        if since > until:
            raise ServiceError(
                "InvalidParameterException", "The query's start time is after its end time."
            )
        if all(until < group.created_ms // 1000 for group in groups):
            message = (
                "Query's end date and time is either before the log groups creation time or "
                f"exceeds the log groups log retention settings ([{since},{until}])"
            )
            raise _malformed(MalformedQuery(message, 0, len(given["queryString"])))
        try:
            query = Query(given["queryString"])
        except MalformedQuery as problem:
            raise _malformed(problem) from problem
        started = StartedQuery(
            str(uuid.uuid4()),
            call.region,
            given["queryString"],
            groups,
            since,
            until,
            given.get("limit", MOST_ROWS),
            call.caller,
            query,
        )
        with self._lock:
            if sum(not each.is_over for each in self._found.values()) >= MOST_AT_ONCE:
                raise ServiceError(
                    "LimitExceededException",
                    f"Account maximum query concurrency limit of [{MOST_AT_ONCE}] reached.",
                )
            self._found[started.id] = started
            over = [each.id for each in self._found.values() if each.is_over]
            for old in over[: max(0, len(self._found) - MOST_KEPT)]:
                del self._found[old]
        self._threads.submit(started.run)
        return {"queryId": started.id}

    def results(self, call: LogsCall) -> dict[str, Any]:
        """What a query has found, or how far it is."""
        found = self._find(call)
        status, answer = found.status, found.answer
        rows = answer.rows if answer is not None and status == COMPLETE else []
        start = 0
        token = call.parameters.get("nextToken")
        if token is not None:
            if not (token.isascii() and token.isdecimal()):
                raise ServiceError(
                    "InvalidParameterException", "The specified nextToken is invalid."
                )
            start = int(token)
        page = rows[start : start + (call.parameters.get("maxItems") or PAGE)]
        more = start + len(page) < len(rows)
        return {
            "queryLanguage": "CWLI",
            "results": [[{"field": name, "value": value} for name, value in row] for row in page],
            "statistics": _statistics(found),
            "status": status,
            "nextToken": str(start + len(page)) if more else None,
        }

    def stop(self, call: LogsCall) -> dict[str, Any]:
        """Stop a query that has not ended."""
        found = self._find(call)
        if found.is_over:
            raise ServiceError(
                "InvalidParameterException",
                f"Query {found.id} is not running: its status is {found.status}.",
            )
        found.stopped.set()
        if found.status == SCHEDULED:
            found.status = CANCELLED
        return {"success": True}

    def describe(self, call: LogsCall) -> dict[str, Any]:
        """The queries of the region, the newest first."""
        given = call.parameters
        with self._lock:
            found = [each for each in self._found.values() if each.region == call.region]
        group, status = given.get("logGroupName"), given.get("status")
        chosen = [
            each
            for each in reversed(found)
            if (group is None or group in [one.name for one in each.groups])
            and (status is None or each.status == status)
            and given.get("queryLanguage", "CWLI") == "CWLI"
        ]
        ids = [each.id for each in chosen]
        token = given.get("nextToken")
        if token is not None and token not in ids:
            raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
        start = 0 if token is None else ids.index(token) + 1
        page = chosen[start : start + given.get("maxResults", 1000)]
        more = start + len(page) < len(chosen)
        return {
            "queries": [_described(each) for each in page],
            "nextToken": page[-1].id if more else None,
        }

    def _find(self, call: LogsCall) -> StartedQuery:
        found = self._found.get(call.parameters["queryId"])
        if found is None or found.region != call.region:
            raise ServiceError("ResourceNotFoundException", "The specified query does not exist.")
        return found


def _groups(call: LogsCall) -> list[LogGroup]:
    """The log groups of a query, named in one of three ways."""
    given = call.parameters
    ways = [
        [given["logGroupName"]] if given.get("logGroupName") else [],
        given.get("logGroupNames") or [],
        given.get("logGroupIdentifiers") or [],
    ]
    used = [names for names in ways if names]
    if len(used) != 1:
        raise ServiceError(
            "InvalidParameterException",
            "Exactly one of the parameters logGroupName, logGroupNames and logGroupIdentifiers "
            "is needed.",
        )
    names = list(dict.fromkeys(used[0]))
    if len(names) > MOST_GROUPS:
        raise ServiceError(
            "InvalidParameterException", f"A query takes {MOST_GROUPS} log groups at most."
        )
    groups = [_group(call, name) for name in names]
    return list({group.name: group for group in groups}.values())


def _group(call: LogsCall, name: str) -> LogGroup:
    found = call.groups.log_group(call.region, name)
    if found is None:
        code = "ResourceNotFoundException"
        # As recorded from AWS (localstack, test_start_query_log_group_not_found, 2026).
        raise ServiceError(
            code,
            f"Log group '{name}' does not exist for account ID '{ACCOUNT_ID}' (Service: AWSLogs; "
            f"Status Code: 400; Error Code: {code}; Request ID: {uuid.uuid4()}; Proxy: null)",
        )
    return found


def _malformed(problem: MalformedQuery) -> ServiceError:
    location = {"startCharOffset": problem.start, "endCharOffset": problem.end}
    return ServiceError(
        "MalformedQueryException",
        problem.message,
        fields={"queryCompileError": {"location": location, "message": problem.message}},
    )


def _statistics(found: StartedQuery) -> dict[str, float]:
    answer = found.answer
    if answer is None:
        return {"recordsMatched": 0.0, "recordsScanned": 0.0, "bytesScanned": 0.0}
    counted = answer.statistics
    return {
        "recordsMatched": float(counted.matched),
        "recordsScanned": float(counted.scanned),
        "bytesScanned": float(counted.bytes),
        "estimatedRecordsSkipped": 0.0,
        "estimatedBytesSkipped": 0.0,
        "logGroupsScanned": float(len(found.groups)),
        "resultCount": float(len(answer.rows)),
    }


def _with_source(found: StartedQuery) -> str:
    """A query of one group as DescribeQueries tells it, with its source and its milliseconds.

    Recorded from AWS (localstack, test_describe_queries_with_status_filter, 2025); of several
    groups nothing is known, so the text stands alone.
    """
    if len(found.groups) > 1:
        return found.text
    source = f'SOURCE "{found.groups[0].name}" START={found.since}000 END={found.until}999'
    return f"{source} | {found.text}"


def _described(found: StartedQuery) -> dict[str, Any]:
    described: dict[str, Any] = {
        "queryLanguage": "CWLI",
        "queryId": found.id,
        "queryString": _with_source(found),
        "status": found.status,
        "createTime": int(found.created * 1000),
        "logGroupName": found.groups[0].name,
        "userIdentity": found.caller,
    }
    if found.is_over:
        described["queryDuration"] = found.took_ms
        described["bytesScanned"] = _statistics(found)["bytesScanned"]
    return described
