"""Invocations with pauses: what is deployed, when one pauses, and a log that comes late."""

from __future__ import annotations

import io
import zipfile
from itertools import product
from typing import Any

import pytest

from serverless_course.functions import environment_life
from serverless_course.functions.environment_life import (
    DEPLOYMENT,
    IMPORTS,
    PACKAGES,
    PAUSES,
    LifeChoice,
    measure_life,
)
from serverless_course.functions.invocation import Invocation


class Logs:
    """Logs whose events come after some looks."""

    class exceptions:
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, after: int) -> None:
        self.after, self.wanted = after, []

    def get_paginator(self, _: str) -> Logs:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        self.after -= 1
        if self.after == 0:
            raise self.exceptions.ResourceNotFoundException
        known = self.wanted if self.after < 0 else self.wanted[:1]
        return [{"events": [{"message": f"REPORT RequestId: {each}"} for each in known]}]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What was done with a cloud that is none: deployments, invocations, pauses."""
    done: dict[str, Any] = {"deployed": [], "pauses": [], "logs": Logs(2)}

    class Client:
        def update_function_code(self, *, FunctionName: str, ZipFile: bytes) -> None:
            done["deployed"].append(ZipFile)

    def invoke(client: Any, name: str) -> Invocation:
        request = f"request-{len(done['logs'].wanted)}"
        done["logs"].wanted.append(request)
        return Invocation(request, 200, None, None, None, "", None, 1.0)

    monkeypatch.setattr(environment_life, "invoke", invoke)
    monkeypatch.setattr(environment_life, "wait_until_ready", lambda client, name: None)
    done["client"] = Client()
    return done


def measure(cloud: dict[str, Any], choice: LifeChoice) -> environment_life.MeasuredLife:
    return measure_life(
        cloud["client"], cloud["logs"], "life", choice, sleep=cloud["pauses"].append
    )


def test_one_pauses_between_invocations_and_waits_for_the_whole_log(cloud: dict[str, Any]) -> None:
    found = measure(cloud, LifeChoice("3 seconds"))
    assert cloud["pauses"] == [3.0, 3.0]
    assert len(cloud["deployed"]) == 1
    assert len(found.events) == len(found.runs) == 3
    assert found.package_bytes == len(cloud["deployed"][0])
    assert found.disturbed == 0


def test_a_deployment_comes_before_each_invocation_and_each_differs(cloud: dict[str, Any]) -> None:
    measure(cloud, LifeChoice(DEPLOYMENT))
    assert cloud["pauses"] == []
    assert len(set(cloud["deployed"])) == 3


def test_a_log_that_does_not_come_is_told(
    cloud: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud["logs"].after = 10**9
    monkeypatch.setattr(environment_life, "ARRIVES_WITHIN_S", 0.0)
    with pytest.raises(TimeoutError, match="measure again"):
        measure(cloud, LifeChoice("no pause"))


@pytest.mark.parametrize(("package", "imports"), [*product(PACKAGES, IMPORTS)])
def test_every_package_runs_and_imports_what_it_says(package: str, imports: str) -> None:
    files = LifeChoice("no pause", package, imports).files()
    source = str(files["index.py"])
    assert (f"import {imports}" in source) == (imports != IMPORTS[0])
    assert ("import hall0" in source) == any(name.startswith("hall") for name in files)
    for text in files.values():
        if isinstance(text, str):
            compile(text, "package", "exec")


def test_data_that_nobody_reads_make_the_package_big() -> None:
    sizes = {}
    for package in PACKAGES:
        buffer = io.BytesIO(environment_life.zip_files(LifeChoice("no pause", package).files()))
        with zipfile.ZipFile(buffer) as archive:
            sizes[package] = sum(entry.file_size for entry in archive.infolist())
    assert sizes["small"] < 1000
    assert sizes["10 MB of data"] > 10_000_000
    assert 500_000 < sizes["12 big modules"] < 5_000_000
    assert set(PAUSES) == {"no pause", "1 second", "3 seconds", DEPLOYMENT}
