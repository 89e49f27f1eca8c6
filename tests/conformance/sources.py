"""Where a fact comes from, as a marker on the test that holds it."""

from __future__ import annotations

import pytest

_SNAPSHOTS = "localstack/localstack:tests/aws/services/lambda_"


def recorded(test: str) -> pytest.MarkDecorator:
    """AWS's answers, recorded in public by a test that was run against AWS (2022 to 2024)."""
    return pytest.mark.source(f"{_SNAPSHOTS}/test_lambda_api.snapshot.json#{test}")


def guide(page: str) -> pytest.MarkDecorator:
    """A page of the Lambda Developer Guide (read 2026-11)."""
    return pytest.mark.source(f"Lambda Developer Guide: {page}")


def reference(operation: str) -> pytest.MarkDecorator:
    """An operation or data type of the Lambda API reference (read 2026-11)."""
    return pytest.mark.source(f"Lambda API reference: {operation}")


def shape(name: str) -> pytest.MarkDecorator:
    """A shape of botocore's model of Lambda, which is AWS's own."""
    return pytest.mark.source(f"botocore lambda/2015-03-31: {name}")


def quoted(where: str) -> pytest.MarkDecorator:
    """An answer of AWS as users quote it in public."""
    return pytest.mark.source(f"quoted in public: {where}")


def ours(reason: str) -> pytest.MarkDecorator:
    """What the embedded cloud does where it differs from AWS: it has to say so."""
    return pytest.mark.source(f"the embedded cloud: {reason}")
