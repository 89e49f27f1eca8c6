"""Calm output of a long run: how far it is, twice a minute or more often, and what failed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

EVERY_S = 20.0


class Progress:
    """Tells how many tests are done. Reports come in on pytest's thread, lines go out on another,
    so that a test that takes long does not silence it."""

    def __init__(self, phase: str, config: pytest.Config) -> None:
        self._phase = phase
        self._config = config
        self._started = time.monotonic()
        self._total = 0
        self._done: set[str] = set()
        self._failed = 0
        self._over = threading.Event()
        self._lock = threading.Lock()
        # While a test runs, pytest takes what the process writes to its standard output.
        self._output = os.fdopen(os.dup(1), "w", encoding="utf-8")

    def pytest_sessionstart(self) -> None:
        threading.Thread(target=self._tell_now_and_then, daemon=True).start()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._total = self._total or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self._total = len(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed += 1
            self._tell(f"failed: {report.nodeid}")
        if report.when == "teardown":
            self._done.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Any:
        """No letter for a test: neither a dot, nor the F that the line above it tells."""
        if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            return "passed", "", "PASSED"
        if report.failed:
            return "failed" if report.when == "call" else "error", "", "FAILED"
        if report.skipped and not hasattr(report, "wasxfail"):
            return "skipped", "", "SKIPPED"
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Iterator[None]:
        self._over.set()
        self._tell(self._how_far())
        return (yield)

    def _tell_now_and_then(self) -> None:
        while not self._over.wait(EVERY_S):
            self._tell(self._how_far())

    def _how_far(self) -> str:
        seconds = int(time.monotonic() - self._started)
        failed = f", {self._failed} failed" if self._failed else ""
        if not self._total:
            return f"collecting tests for {seconds} s"
        return f"{len(self._done)} of {self._total} tests after {seconds} s{failed}"

    def _tell(self, what: str) -> None:
        with self._lock:
            print(f"   {self._phase}: {what}", file=self._output, flush=True)
