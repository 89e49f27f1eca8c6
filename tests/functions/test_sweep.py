"""The sweep on a double of Lambda: samples, costs, failures, and the memory given back."""

import base64
import struct
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from fake_lambda import CRASH, OWN_ERROR, TIMEOUT, FakeLambda, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.aws.embedded import STOPPED, EmbeddedCloudError
from serverless_course.exercises.deployed import sweep_of
from serverless_course.exercises.feedback import NotYet
from serverless_course.figures.drawn_sweep import DrawnSweep
from serverless_course.functions.loan import NotRestored
from serverless_course.functions.sampling import ProcessorFailed
from serverless_course.functions.sweep import run_input, sweep
from serverless_course.functions.sweep_input import SweepInputError
from serverless_course.functions.sweep_result import NothingMeasured
from serverless_course.pricing.cost import invocation_cost
from serverless_course.pricing.tables import price_table

ARN = "arn:aws:lambda:us-east-1:123456789012:function:primes"


def no_sleep(_):
    pass


def run(fake, **kwargs):
    options = {"memory": [128, 512, 1769], "runs": 10, "sleep": no_sleep, **kwargs}
    return sweep(fake, "primes", {"limit": 10}, **options)


def test_time_and_cost_of_each_size():
    fake = FakeLambda()
    found = run(fake)
    assert [row.memory_mb for row in found.rows] == [128, 512, 1769]
    for row in found.rows:
        model = 20.0 / (row.memory_mb / 1769)
        assert row.n == 10
        assert row.median_ms == pytest.approx(model, rel=0.03)
        assert row.low_ms <= row.median_ms <= row.high_ms
        assert row.usd_low <= row.usd <= row.usd_high
        billed = [sample.billed_ms for sample in row.samples]
        costs = sorted(invocation_cost(row.memory_mb, ms, price_table()) for ms in billed)
        assert row.usd_low == float(costs[1])
        assert row.usd == pytest.approx(float(costs[4] + costs[5]) / 2)
        assert row.usd_per_million == row.usd * 1e6 > 0.20
    assert found.failures == {}
    assert found.function.memory_mb == 640


def test_cold_starts_are_kept_apart():
    found = run(FakeLambda())
    for row in found.rows:
        assert len(row.cold) == 1
        assert not any(sample.cold for sample in row.samples)
        assert 80 <= row.init.median <= 120
        assert row.cold_ms == pytest.approx(row.cold[0].duration_ms + row.cold[0].init_ms)
        assert row.rejected == 0


def test_only_cold_starts_are_measured_when_asked():
    fake = FakeLambda()
    found = run(fake, only_cold_starts=True, memory=[128, 512])
    for row in found.rows:
        assert row.n == 10
        assert all(sample.cold for sample in row.samples)
        assert row.median_ms > 80
    assert fake.configuration["Environment"] == {"Variables": {"MODE": "fast"}}
    assert fake.configuration["MemorySize"] == 640
    assert fake.versions == []


def test_json_logs_are_read_as_well():
    text, as_json = run(FakeLambda(seed=3)), run(FakeLambda(seed=3, json_logs=True))
    for one, other in zip(text.rows, as_json.rows, strict=True):
        assert one.median_ms == pytest.approx(other.median_ms, abs=0.01)
        assert len(other.cold) == 1


@pytest.mark.parametrize(
    ("failing", "says", "calls"),
    [
        (TIMEOUT, "timed out: it was not done after 3 s", 1),
        (CRASH, "failed: Runtime.ExitError: signal: killed", 2),
        (OWN_ERROR, "failed: HandledError: as it should", 2),
    ],
)
def test_a_size_that_fails_is_told_and_the_others_go_on(failing, says, calls):
    fake = FakeLambda()
    fake.errors[128] = failing
    found = run(fake)
    assert [row.memory_mb for row in found.rows] == [512, 1769]
    assert says in found.failures[128]
    assert f"128 MB {says}" in found.describe()
    assert found[128].rejected == calls
    assert fake.calls.count("invoke") == calls + 2 * 11
    assert [item["value"] for item in found.output()["stats"]] == [512, 1769]
    assert fake.configuration["MemorySize"] == 640


def test_a_size_that_the_account_does_not_give_is_told():
    fake = FakeLambda()
    fake.errors[1769] = refusal("InvalidParameterValueException", "'MemorySize' ... 1024")
    found = run(fake)
    assert "Lambda refused this memory size" in found.failures[1769]
    assert len(found.rows) == 2


def test_one_stray_error_is_repeated():
    fake = FakeLambda()
    once = [CRASH]
    fake.errors[512] = lambda: once.pop() if once else None
    found = run(fake)
    assert found.failures == {}
    assert found[512].rejected_why == {"error": 1}
    assert found[512].n == 10


def test_an_allowed_exception_is_a_valid_answer():
    fake = FakeLambda()
    fake.errors[512] = OWN_ERROR
    found = run(fake, allowed_exceptions=["HandledError"])
    assert found.failures == {}
    assert found[512].n == 10


def test_a_sample_of_another_memory_size_is_rejected():
    fake = FakeLambda()
    real = fake._log
    late = [3]

    def log(memory, *rest):
        # AWS may answer once more from an environment of the old configuration.
        if memory == 512 and late[0]:
            late[0] -= 1
            return real(128, *rest)
        return real(memory, *rest)

    fake._log = log
    found = run(fake)
    assert found[512].rejected_why == {"other memory size": 3}
    assert found[512].n == 10


def test_an_environment_that_never_warms_ends_in_a_bounded_number_of_tries():
    fake = FakeLambda()
    fake.slow_s = 0
    real = fake.invoke

    def always_cold(**kwargs):
        fake._idle = 0
        return real(**kwargs)

    fake.invoke = always_cold
    found = run(fake, memory=[128], runs=5)
    assert "only 0 of 5 samples were warm after" in found.failures[128]
    assert fake.calls.count("invoke") == 2 * 5 + 1 + 10
    with pytest.raises(NothingMeasured, match="none can be compared"):
        found.best()
    with pytest.raises(NothingMeasured):
        found.output()


def test_throttled_calls_are_repeated_and_not_counted():
    fake = FakeLambda()
    waits = []
    real = fake.invoke
    throttles = [1] * 3

    def busy(**kwargs):
        if throttles:
            throttles.pop()
            raise refusal("TooManyRequestsException", "Rate Exceeded.")
        return real(**kwargs)

    fake.invoke = busy
    found = run(fake, sleep=waits.append)
    assert found.failures == {}
    assert waits == [0.2, 0.4, 0.8]


def test_a_refusal_that_concerns_every_size_ends_the_run():
    fake = FakeLambda()

    def forbidden(**_):
        raise refusal("AccessDeniedException", "no")

    fake.invoke = forbidden
    with pytest.raises(ClientError, match="AccessDenied"):
        run(fake)
    assert fake.configuration["MemorySize"] == 640


def contended(ms):
    return lambda duration: (
        f'cpu;dur=1, held;dur=1, contended;dur={ms(duration)}, share;desc="0.07", '
        'governor;desc="signals"'
    )


def test_samples_of_a_busy_host_are_left_out_when_enough_remain_and_told():
    count = iter(range(1000))
    fake = FakeLambda(header=contended(lambda d: d / 2 if next(count) % 11 in (3, 7) else 0))
    found = run(fake, memory=[128])
    row = found[128]
    # Each disturbed sample is left out, and one more is taken in its place.
    assert (row.doubtful, row.excluded, row.n) == (2, 2, 10)
    assert "2 of 12 samples" in found.describe()
    assert "left out of" in found.describe()
    assert found.disturbance == ""


def test_samples_of_a_busy_host_stay_when_too_few_remain_and_are_told():
    found = run(FakeLambda(header=contended(lambda d: d / 2)), memory=[128])
    # Ten more were taken, and no further.
    assert (found[128].doubtful, found[128].excluded, found[128].n) == (20, 0, 20)
    assert "kept in" in found.describe()
    assert found[128].disturbed
    assert "too busy at 128 MB" in found.disturbance
    assert "run the sweep again" in found.disturbance


def test_a_host_that_keeps_its_promise_is_not_mentioned():
    found = run(FakeLambda(header=contended(lambda d: 1.9)))
    assert "host" not in found.describe()


def test_intervals_that_overlap_name_no_winner():
    found = run(FakeLambda(noise=0.02))
    best = found.best("cost")
    # Proportional time: the three sizes cost nearly the same.
    assert best.winner is None
    assert len(best.tied) > 1
    assert best.point in best.tied
    assert "cannot be told apart" in best.describe()
    fastest = found.best("speed")
    assert (fastest.winner, fastest.tied) == (1769, {1769})
    assert fastest.describe() == "1769 MB is the fastest."


def test_too_few_samples_name_no_winner():
    best = run(FakeLambda(), runs=5).best("speed")
    assert best.point == 1769
    assert best.winner is None
    assert best.tied == {128, 512, 1769}
    assert "Take 6 runs or more" in best.describe()


@pytest.mark.parametrize("sizes", [[1769], [128, 1769]])
def test_one_run_of_a_size_names_no_winner_and_warns(sizes):
    found = run(FakeLambda(), memory=sizes, runs=1)
    for strategy in ("cost", "speed", "balanced"):
        best = found.best(strategy)
        assert (best.winner, best.tied) == (None, set(sizes))
        assert "fewer than 6 samples" in best.describe()
    assert any("Take 6 runs or more" in note for note in found.notes)
    assert not any("fewer" in note for note in run(FakeLambda(), runs=6).notes)


@pytest.mark.parametrize("memory", [512, "512", None, 512.0, {"MB": 512}, True])
def test_sizes_that_are_no_list_are_told_what_to_give(memory):
    with pytest.raises(SweepInputError, match=r"memory=\[512\] for one"):
        run(FakeLambda(), memory=memory)


def test_when_every_size_fails_every_question_tells_the_reasons():
    fake = FakeLambda()
    missing = {"payload": {"errorType": "KeyError", "errorMessage": "'limit'"}}
    fake.errors = dict.fromkeys([128, 512, 1769], missing)
    found = DrawnSweep.of(run(fake))
    for ask in (found.best, found.scores, found.output, found.plot):
        with pytest.raises(NothingMeasured, match="512 MB failed: KeyError: 'limit'"):
            ask()
    lab = SimpleNamespace(sweeps={"primes": found}, name=str)
    with pytest.raises(NotYet) as caught:
        sweep_of(lab, "primes")
    assert "128 MB failed: KeyError: 'limit'" in str(caught.value.to_verdict("t").evidence)


@pytest.mark.parametrize("last", ["invoke", "update_function_configuration"])
def test_a_cloud_that_stops_during_a_sweep_says_so_itself(last):
    """There is nothing to give back, and nobody to call for it."""
    fake = FakeLambda()

    def stop(number, name):
        if number > 20 and name == last:
            stopped.append(name)
        if stopped:
            raise EmbeddedCloudError(STOPPED)

    stopped = []
    fake.interrupt = stop
    with pytest.raises(EmbeddedCloudError, match="Run the first cell again"):
        run(fake)


def test_a_cloud_that_stops_while_the_memory_is_given_back_says_so_itself():
    fake = FakeLambda()

    def stop(number, name):
        if number > 20 and name == "invoke":
            raise KeyboardInterrupt
        if "invoke" in fake.calls[:-1] and number > 21:
            raise EmbeddedCloudError(STOPPED)

    fake.interrupt = stop
    with pytest.raises(EmbeddedCloudError, match="Run the first cell again"):
        run(fake)


def test_balanced_lies_between_its_ends():
    found = run(FakeLambda(noise=0.001), memory=[128, 1769, 3538])
    assert found.best("balanced", 1.0).point == found.best("cost").point
    assert found.best("balanced", 0.0).point == found.best("speed").point
    # 3,538 MB is as fast as 1,769 for one thread, and costs twice as much.
    assert found.best("balanced").winner == 1769


def test_scores_are_the_balanced_objective_of_the_medians():
    found = run(FakeLambda(), balanced_weight=0.3)
    dearest = max(row.usd for row in found.rows)
    slowest = max(row.median_ms for row in found.rows)
    for weight in (0.3, 0.0, 1.0):
        asked = {} if weight == 0.3 else {"balanced_weight": weight}
        for row in found.rows:
            objective = weight * row.usd / dearest + (1 - weight) * row.median_ms / slowest
            assert found.scores(**asked)[row.memory_mb] == pytest.approx(objective)


def test_the_output_follows_the_strategy_that_was_asked_for_or_is_given():
    # Above one vCPU a single thread is no faster, and each millisecond is dearer.
    fake = FakeLambda(noise=0.001)
    sizes = [128, 300, 1769, 10240]
    found = {name: run(fake, memory=sizes, strategy=name) for name in ("speed", "balanced")}
    assert found["speed"].output()["power"] in (1769, 10240)
    assert found["balanced"].output()["power"] == 1769
    assert found["speed"].output(strategy="balanced")["power"] == 1769
    assert found["speed"].output("balanced", 1.0)["power"] == found["speed"].output("cost")["power"]
    assert found["balanced"].output(balanced_weight=0.0)["power"] in (1769, 10240)
    with pytest.raises(SweepInputError, match="cost, speed, balanced"):
        found["speed"].output(strategy="best")
    with pytest.raises(SweepInputError, match="between 0 and 1"):
        found["speed"].output(strategy="balanced", balanced_weight=2)


def test_a_sweep_and_its_rows_are_shown_short():
    found = run(FakeLambda())
    assert repr(found) == found.describe()
    assert repr(found[1769]).startswith("1769 MB: ")
    assert len(repr(found[1769])) < 80


def test_the_output_is_the_tools():
    found = run_input(
        FakeLambda(),
        {
            "lambdaARN": ARN,
            "num": 10,
            "powerValues": [1769, 128],
            "strategy": "speed",
            "payload": {},
            "includeOutputResults": True,
        },
        sleep=no_sleep,
    )
    output = found.output()
    assert set(output) == {"power", "cost", "duration", "stateMachine", "stats"}
    assert set(output["stateMachine"]) == {"executionCost", "lambdaCost", "visualization"}
    assert output["power"] == 1769
    assert output["duration"] == found[1769].mean_ms
    assert output["stateMachine"]["executionCost"] == 0.0
    everything = sum(
        float(invocation_cost(sample.memory_mb, sample.billed_ms, price_table()))
        for size in found.sizes
        for sample in (*size.samples, *size.cold)
    )
    assert output["stateMachine"]["lambdaCost"] == pytest.approx(everything)
    assert [set(item) for item in output["stats"]] == [
        {"averagePrice", "averageDuration", "value"}
    ] * 2
    sizes, ms, usd = output["stateMachine"]["visualization"].split("#")[1].split(";")
    assert struct.unpack("<2h", base64.b64decode(sizes)) == (128, 1769)
    assert struct.unpack("<2f", base64.b64decode(ms))[1] == pytest.approx(output["duration"])
    assert struct.unpack("<2f", base64.b64decode(usd))[1] == pytest.approx(output["cost"])


def test_stats_come_only_when_asked_for():
    found = run_input(
        FakeLambda(), {"lambdaARN": ARN, "num": 5, "powerValues": [128]}, sleep=no_sleep
    )
    assert "stats" not in found.output()


def test_a_dry_run_invokes_once_and_changes_nothing():
    fake = FakeLambda()
    found = run(fake, dry_run=True)
    assert fake.calls.count("invoke") == 1
    assert "update_function_configuration" not in fake.calls
    assert found.output() == {"dryRun": True, "statusCode": 200, "functionError": None}


def test_weighted_payloads_are_used_by_weight():
    fake = FakeLambda()
    run(fake, weighted_payloads=[("a", 1), ("b", 3)], memory=[128], runs=8)
    # The first invocation is the cold one; its payload comes again.
    assert sorted(fake.events[1:]) == ["a"] * 2 + ["b"] * 6


def test_processors_run_before_and_after():
    fake = FakeLambda()
    seen = []
    fake.other_functions["pre"] = lambda event: {**event, "n": len(fake.events)}
    fake.other_functions["post"] = seen.append
    run(fake, memory=[128], runs=5, pre_processor="pre", post_processor="post")
    assert [event["n"] for event in fake.events] == list(range(6))
    assert seen == [{"primes": 1}] * 6


def test_a_processor_that_fails_ends_the_run_and_the_memory_is_given_back():
    fake = FakeLambda()
    real = fake.invoke

    def invoke(FunctionName, **kwargs):
        if FunctionName == "pre":
            return fake._answer(CRASH["payload"], "", "Unhandled")
        return real(FunctionName=FunctionName, **kwargs)

    fake.invoke = invoke
    with pytest.raises(ProcessorFailed, match="Fix it"):
        run(fake, pre_processor="pre")
    assert fake.configuration["MemorySize"] == 640


def test_auto_optimize_leaves_the_best_size_and_moves_the_alias():
    fake = FakeLambda()
    run(fake, strategy="speed", auto_optimize=True)
    assert fake.configuration["MemorySize"] == 1769
    assert fake.versions == []
    for _ in range(2):
        run(fake, strategy="speed", auto_optimize=True, auto_optimize_alias="prod")
    assert fake.aliases == {"prod": "2"}
    assert fake.versions[-1]["MemorySize"] == 1769


def test_a_pause_between_runs_is_made():
    pauses = []
    run(FakeLambda(), memory=[128], runs=5, sleep_between_runs_ms=50, sleep=pauses.append)
    assert pauses == [0.05] * 6


def test_a_past_price_list_bills_as_it_did():
    from datetime import date

    then = price_table(on=date(2019, 8, 19))
    row = run(FakeLambda(), memory=[128], prices=then)[128]
    assert row.billed_ms == 300
    assert row.usd == pytest.approx(3 * 2.08e-7 + 2e-7)


def test_a_region_without_sourced_prices_is_told():
    fake = FakeLambda()
    fake.meta.region_name = "eu-west-3"
    assert "No sourced price is held for eu-west-3" in run(fake).describe()


def test_progress_is_told_for_every_sample():
    told = []
    fake = FakeLambda()
    fake.errors[512] = TIMEOUT
    run(fake, progress=lambda done, total, text: told.append((done, total, text)))
    dones = [done for done, _, _ in told]
    assert dones == sorted(dones)
    assert {total for _, total, _ in told} == {30}
    assert told[0] == (0, 30, "128 MB: warming up")
    assert (20, 30, "512 MB: failed") in told
    assert told[-1] == (30, 30, "1769 MB: done")


def test_parallel_samples_are_warm_and_each_environment_is_warmed_first():
    fake = FakeLambda(slow_s=0.05)
    found = run(fake, parallel=True, memory=[128, 1769])
    assert (found[128].at_once, found[1769].at_once) == (10, 10)
    assert found[128].n == 10
    assert not any(sample.cold for sample in found[128].samples)
    assert found[128].rejected_why["cold"] >= 5
    assert len(found[128].cold) == 1
    assert "at once" in found.describe()
    assert "compete for its CPUs" in found.describe()
    assert "at once" not in run(FakeLambda()).describe()


def test_the_table_has_a_row_for_each_size_also_for_a_failed_one():
    fake = FakeLambda()
    fake.errors[512] = TIMEOUT
    table = run(fake).table()
    assert list(table.index) == [128, 512, 1769]
    assert table.loc[512, "failure"].startswith("timed out")
    assert table.loc[128, "n"] == 10
    assert table.loc[128, "from"] <= table.loc[128, "median ms"] <= table.loc[128, "to"]
    full = run(fake).table(full=True)
    assert list(full.index) == [128, 512, 1769]
    assert full.loc[512, "failure"].startswith("timed out")
    assert full.loc[128, "p95_ms"] >= full.loc[128, "median_ms"]
    assert "failure" not in run(FakeLambda()).table().columns
    assert run(FakeLambda(), dry_run=True).table().empty
    with pytest.raises(ValueError, match="512 MB has no figures: timed out"):
        print(run(fake)[512].median_ms)
    with pytest.raises(KeyError, match="999 MB was not measured"):
        run(fake)[999]


class Stop(BaseException):
    """Neither an Exception nor a KeyboardInterrupt."""


EXCEPTIONS = [
    KeyboardInterrupt,
    Stop,
    RuntimeError,
    lambda: refusal("TooManyRequestsException", "slow down"),
    lambda: refusal("ResourceConflictException", "An update is in progress"),
    lambda: refusal("InvalidParameterValueException", "no"),
    lambda: refusal("AccessDeniedException", "no"),
]


@given(
    first=st.integers(1, 75),
    second=st.integers(0, 6),
    make=st.sampled_from(EXCEPTIONS),
    make_again=st.sampled_from(EXCEPTIONS),
    cold=st.booleans(),
    parallel=st.sampled_from([False, 3]),
)
@settings(max_examples=300, deadline=None)
def test_the_function_is_as_before_whatever_is_raised_at_any_call(
    first, second, make, make_again, cold, parallel
):
    fake = FakeLambda()
    before = {**fake.configuration}

    def interrupt(number, _name):
        if number == first:
            raise make()
        if second and number == first + second:
            raise make_again()

    fake.interrupt = interrupt
    options = {"only_cold_starts": cold, "parallel": parallel, "memory": [128, 512], "runs": 6}
    try:
        found = run(fake, **options)
    except BaseException as error:
        if isinstance(error, NotRestored | AssertionError):
            raise
    else:
        assert found.sizes
    assert fake.configuration == before
    assert fake.versions == []


def test_ctrl_c_is_passed_on_after_the_memory_is_given_back():
    fake = FakeLambda()

    def interrupt(number, name):
        if name == "invoke" and number > 20:
            raise KeyboardInterrupt

    fake.interrupt = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(fake)
    assert fake.configuration["MemorySize"] == 640
    # Proven by a read, not supposed.
    assert fake.calls[-1] == "get_function_configuration"


def test_a_second_ctrl_c_while_giving_back_does_not_leave_the_function_changed():
    fake = FakeLambda()
    stops = [1, 2, 3]

    def interrupt(number, name):
        if number > 20 and stops:
            stops.pop()
            raise KeyboardInterrupt

    fake.interrupt = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(fake)
    assert fake.configuration["MemorySize"] == 640


def test_if_the_memory_cannot_be_given_back_the_call_to_make_is_told():
    fake = FakeLambda()

    def interrupt(number, name):
        if number > 20 and name == "update_function_configuration":
            raise refusal("AccessDeniedException", "taken away")

    fake.interrupt = interrupt
    with pytest.raises(NotRestored, match="MemorySize=640") as caught:
        run(fake)
    assert "taken away" in str(caught.value)


def test_variables_that_cannot_be_read_are_not_emptied():
    fake = FakeLambda()
    fake.configuration["Environment"] = {"Error": {"ErrorCode": "AccessDeniedException"}}
    run(fake)
    assert fake.configuration["Environment"] == {"Error": {"ErrorCode": "AccessDeniedException"}}
    with pytest.raises(PermissionError, match="Measure warm instead"):
        run(fake, only_cold_starts=True)
    assert fake.configuration["MemorySize"] == 640
