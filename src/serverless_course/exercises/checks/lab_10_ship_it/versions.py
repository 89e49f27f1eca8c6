"""Versions that a check publishes, and how alias and $LATEST become again what they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.functions.configure import configure
from serverless_course.functions.patience import patiently, wait_until_ready


@contextmanager
def put_back(lab: CheckedLab, version: str) -> Iterator[None]:
    """Give the alias and $LATEST back as they were."""
    client, name = lab.client("lambda"), lab.name("sepia")
    found = client.get_function_configuration(FunctionName=name)
    kept = {
        "Handler": found["Handler"],
        "Description": found.get("Description", ""),
        "Environment": {"Variables": found.get("Environment", {}).get("Variables", {})},
    }
    try:
        yield
    finally:
        point(lab, version)
        configure(client, name, permissions_spread=False, **kept)


def point(lab: CheckedLab, version: str) -> None:
    """Give a version all of the alias's traffic."""
    patiently(
        lambda: lab.client("lambda").update_alias(
            FunctionName=lab.name("sepia"),
            Name="live",
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
    )


def published(lab: CheckedLab, settings: dict[str, Any]) -> str:
    """Publish a version with other settings; $LATEST is given back its own."""
    client, name = lab.client("lambda"), lab.name("sepia")
    found = client.get_function_configuration(FunctionName=name)
    environment = {"Variables": found.get("Environment", {}).get("Variables", {})}
    own = {
        "Handler": found["Handler"],
        "Description": found.get("Description", ""),
        "Environment": environment,
    }
    configure(client, name, permissions_spread=False, **settings)
    version = str(patiently(lambda: client.publish_version(FunctionName=name))["Version"])
    configure(client, name, permissions_spread=False, **{key: own[key] for key in settings})
    wait_until_ready(client, name)
    return version
