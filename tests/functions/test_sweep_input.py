import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.functions.sweep_input import (
    DEFAULT_SIZES,
    SweepInput,
    SweepInputError,
    Weighted,
    spread,
)

ARN = "arn:aws:lambda:us-east-1:123456789012:function:primes"
FULL = {
    "lambdaARN": ARN,
    "powerValues": ["128", 256, 256, 512],
    "num": 20,
    "payload": {"limit": 5},
    "parallelInvocation": True,
    "strategy": "balanced",
    "balancedWeight": 0.3,
    "autoOptimize": True,
    "autoOptimizeAlias": "prod",
    "dryRun": False,
    "preProcessorARN": "pre",
    "postProcessorARN": "post",
    "discardTopBottom": 0.1,
    "sleepBetweenRunsMs": 50,
    "includeOutputResults": True,
    "onlyColdStarts": True,
    "allowedExceptions": ["HandledError"],
    "disablePayloadLogs": True,
}


def test_every_key_of_the_tool_is_taken():
    assert SweepInput.from_tool(FULL) == SweepInput(
        function=ARN,
        sizes=(128, 256, 512),
        runs=20,
        payload={"limit": 5},
        parallel=True,
        strategy="balanced",
        balanced_weight=0.3,
        auto_optimize=True,
        auto_optimize_alias="prod",
        pre_processor="pre",
        post_processor="post",
        discard_top_bottom=0.1,
        sleep_between_runs_ms=50,
        include_output_results=True,
        only_cold_starts=True,
        allowed_exceptions=("HandledError",),
    )


def test_the_defaults_are_the_tools():
    found = SweepInput.from_tool({"lambdaARN": ARN, "num": "10"})
    assert found.sizes == DEFAULT_SIZES == (128, 256, 512, 1024, 1536, 3008)
    assert (found.strategy, found.balanced_weight, found.trim) == ("cost", 0.5, 0.2)
    assert (found.parallel, found.dry_run, found.only_cold_starts) == (False, False, False)
    assert found.include_output_results is False
    cold = SweepInput.from_tool({"lambdaARN": ARN, "num": 10, "onlyColdStarts": True})
    assert cold.trim == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"powerValue": [128]}, r"powerValue\. Did you mean powerValues\?"),
        ({"a": 1, "zz": 2}, r"Unknown keys in the input: a, zz\."),
        ({"payloadS3": "s3://b/k"}, "Read the object with boto3"),
        ({"num": 4}, "must be 5 or more"),
        ({"num": None}, "whole number"),
        ({"num": 5.5}, "whole number"),
        ({"num": True}, "whole number"),
        ({"powerValues": "ALL"}, r"\[128, 512, 1024\]"),
        ({"powerValues": []}, "one memory size or more"),
        ({"powerValues": [64]}, "the nearest is 128 MB"),
        ({"powerValues": ["many"]}, "whole number"),
        ({"strategy": "best"}, "cost, speed, balanced"),
        ({"balancedWeight": 1.1}, "between 0 and 1"),
        ({"discardTopBottom": 0.5}, r"between 0 and 0\.4"),
        ({"discardTopBottom": "x"}, r"between 0 and 0\.4"),
        ({"sleepBetweenRunsMs": -1}, "between 0"),
        ({"payload": [1, 2]}, "must look like"),
        ({"payload": []}, "empty"),
        ({"payload": [{"payload": 1, "weight": 0}]}, "above 0"),
        ({"payload": [{"payload": 1, "weight": 1}] * 6, "num": 5}, "6 payloads need 6 runs"),
        ({"lambdaARN": ARN + ":prod"}, "version or an alias"),
        ({"lambdaARN": "primes:1"}, "version or an alias"),
        ({"lambdaARN": ""}, "Name the function"),
        ({"autoOptimizeAlias": "prod"}, "auto_optimize=True"),
    ],
)
def test_what_cannot_be_used_is_named(change, says):
    with pytest.raises(SweepInputError, match=says):
        SweepInput.from_tool({"lambdaARN": ARN, "num": 10, **change})


def test_a_missing_function_is_named():
    with pytest.raises(SweepInputError, match="lambdaARN"):
        SweepInput.from_tool({"num": 10})


@pytest.mark.parametrize("parallel", [0, -1, 1.5, "all", "auto"])
def test_parallel_is_checked(parallel):
    with pytest.raises(SweepInputError, match="parallel"):
        SweepInput("f", parallel=parallel)


def test_weights_are_shared_as_in_the_tools_example():
    items = [Weighted("a", 5), Weighted("b", 15), Weighted("c", 30)]
    assert spread(items, 100) == ["a"] * 10 + ["b"] * 30 + ["c"] * 60


@given(
    st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=10).flatmap(
        lambda weights: st.tuples(st.just(weights), st.integers(len(weights), 200))
    )
)
def test_every_payload_is_used_and_the_shares_are_right(case):
    weights, runs = case
    shared = spread([Weighted(i, weight) for i, weight in enumerate(weights)], runs)
    assert len(shared) == runs
    for i, weight in enumerate(weights):
        exact = weight * runs / sum(weights)
        assert shared.count(i) >= 1
        # At least one of each takes up to one sample from others.
        assert abs(shared.count(i) - exact) <= len(weights)


@pytest.mark.parametrize(
    ("parallel", "expected"), [(False, 1), (True, 20), (1, 1), (3, 3), (30, 20)]
)
def test_as_many_at_once_as_was_asked_for_and_never_more_than_runs(parallel, expected):
    assert SweepInput("f", runs=20, parallel=parallel).at_once == expected


def test_one_after_another_unless_asked_otherwise():
    assert SweepInput("f", runs=20).at_once == 1
