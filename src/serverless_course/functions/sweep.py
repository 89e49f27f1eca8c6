"""Power tuning: measure a function at several memory sizes and compare time and cost.

Takes and gives what aws-lambda-power-tuning 4.4.0 takes and gives, without its state machine.
Beyond it: medians with intervals, cold starts apart, unrounded prices with the request fee, JSON
logs, a size that fails does not end the run, and the function's own memory is given back even
after Ctrl-C, with no version left behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from serverless_course.functions.function import Function, name_of
from serverless_course.functions.invoke import invoke
from serverless_course.functions.loan import Loan
from serverless_course.functions.patience import patiently, wait_until_ready
from serverless_course.functions.samples import SMALLEST_N
from serverless_course.functions.sampling import Take, take_samples
from serverless_course.functions.size_result import SizeResult, usd_of
from serverless_course.functions.sweep_input import (
    DEFAULT_SIZES,
    Strategy,
    SweepInput,
    Weighted,
    sizes_of,
)
from serverless_course.functions.sweep_result import Sweep
from serverless_course.pricing.tables import PriceTable, UnknownPrice, price_table

Progress = Callable[[int, int, str], None]


def sweep(
    client: Any,
    function: Function | str,
    payload: Any = None,
    *,
    memory: Sequence[int] = DEFAULT_SIZES,
    runs: int = 10,
    weighted_payloads: Sequence[tuple[Any, float]] = (),
    strategy: Strategy = "cost",
    balanced_weight: float = 0.5,
    parallel: bool | int = False,
    discard_top_bottom: float | None = None,
    sleep_between_runs_ms: float = 0,
    only_cold_starts: bool = False,
    allowed_exceptions: Sequence[str] = (),
    include_output_results: bool = True,
    dry_run: bool = False,
    auto_optimize: bool = False,
    auto_optimize_alias: str | None = None,
    pre_processor: str | None = None,
    post_processor: str | None = None,
    prices: PriceTable | None = None,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Sweep:
    """Measure a function at several memory sizes.

    Args:
        client: a boto3 Lambda client that does not retry (``Cloud.client("lambda")``).
        function: the function, its name or its ARN; ``$LATEST`` is measured.
        payload: the event of every invocation.
        memory: memory sizes in MB.
        runs: samples for each size; six or more give intervals.
        weighted_payloads: pairs of payload and weight, instead of `payload`.
        strategy: ``"cost"``, ``"speed"`` or ``"balanced"``.
        balanced_weight: for ``"balanced"``: 0.0 is speed alone, 1.0 is cost alone.
        parallel: invocations at once: False (one after another), True (all) or a number. Those
            that run side by side on one machine compete for its CPUs, and take longer for it.
        discard_top_bottom: part left out at each end for the trimmed mean, 0 to 0.4.
        sleep_between_runs_ms: pause after each invocation in milliseconds, one at a time.
        only_cold_starts: measure cold starts instead of warm invocations.
        allowed_exceptions: errorType names that count as a valid answer.
        include_output_results: put every size's figures into :meth:`Sweep.output`.
        dry_run: invoke once, measure and change nothing.
        auto_optimize: leave the function at the best size.
        auto_optimize_alias: then publish a version and point this alias to it.
        pre_processor: function invoked before each invocation; its answer replaces the payload.
        post_processor: function invoked after each invocation with the answer.
        prices: price table; today's of the client's Region without it.
        progress: called with samples done, samples in all, and a short text.
        sleep: how to wait.

    Raises:
        SweepInputError: a value that cannot be used; nothing was invoked.
        NotRestored: the function's own memory size could not be given back.
        ProcessorFailed: a pre- or post-processor failed.
        ClientError: Lambda refused for a reason that concerns every size.
    """
    wanted = SweepInput(
        function=name_of(function),
        sizes=sizes_of(memory),
        runs=runs,
        payload=payload,
        weighted=tuple(Weighted(event, weight) for event, weight in weighted_payloads),
        strategy=strategy,
        balanced_weight=balanced_weight,
        parallel=parallel,
        discard_top_bottom=discard_top_bottom,
        sleep_between_runs_ms=sleep_between_runs_ms,
        only_cold_starts=only_cold_starts,
        allowed_exceptions=tuple(allowed_exceptions),
        include_output_results=include_output_results,
        dry_run=dry_run,
        auto_optimize=auto_optimize,
        auto_optimize_alias=auto_optimize_alias,
        pre_processor=pre_processor,
        post_processor=post_processor,
    )
    return run_sweep(client, wanted, prices=prices, progress=progress, sleep=sleep)


def run_input(client: Any, tool_input: Mapping[str, Any], **kwargs: Any) -> Sweep:
    """Run a sweep from aws-lambda-power-tuning's execution input.

    ``run_input(client, {...}).output()`` gives that tool's output.

    Args:
        client: a boto3 Lambda client that does not retry.
        tool_input: the JSON object that the tool takes.
        **kwargs: as for :func:`run_sweep`.

    Raises:
        SweepInputError: an unknown key, named, or a value out of range; and as :func:`sweep`.
    """
    return run_sweep(client, SweepInput.from_tool(tool_input), **kwargs)


def run_sweep(
    client: Any,
    wanted: SweepInput,
    *,
    prices: PriceTable | None = None,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Sweep:
    """Run a sweep. Arguments and errors as for :func:`sweep`."""
    loan = Loan(client, wanted.function, sleep=sleep)
    function = Function.of(loan.configuration)
    table, notes = _prices(client, function, prices)
    if wanted.dry_run:
        trial = invoke(client, wanted.function, wanted.payloads()[0])
        usd = usd_of(trial, table) if trial.report else 0.0
        return Sweep(function, wanted, (), table, usd, tuple(notes), trial)
    results: list[SizeResult] = []
    usd = 0.0
    with loan:
        for index, size in enumerate(wanted.sizes):
            take = Take(size, wanted.at_once)
            tell = _teller(progress, wanted, index, size)
            take_samples(client, wanted, loan, take, tell=tell, sleep=sleep)
            tell(wanted.runs, "failed" if take.failure else "done")
            only_cold = wanted.only_cold_starts
            results.append(SizeResult.of(take, table, trim=wanted.trim, only_cold=only_cold))
            usd += sum(usd_of(run, table) for run in take.spent if run.report)
        notes += _notes(results)
        found = Sweep(function, wanted, tuple(results), table, usd, tuple(notes))
        if wanted.auto_optimize and found.rows:
            loan.keep(found.output()["power"])
    if wanted.auto_optimize_alias and found.rows:
        _point_alias(client, wanted.function, wanted.auto_optimize_alias)
    return found


def _teller(
    progress: Progress | None, wanted: SweepInput, index: int, size: int
) -> Callable[[int, str], None]:
    total = wanted.runs * len(wanted.sizes)

    def tell(done: int, text: str) -> None:
        if progress is not None:
            progress(index * wanted.runs + done, total, f"{size} MB: {text}")

    return tell


def _prices(
    client: Any, function: Function, prices: PriceTable | None
) -> tuple[PriceTable, list[str]]:
    if prices is not None:
        return prices, [f"Prices: {prices.describe()}"]
    region = str(client.meta.region_name)
    try:
        table = price_table(region, function.architecture)
        return table, [f"Prices: {table.describe()}"]
    except UnknownPrice:
        table = price_table("us-east-1", function.architecture)
        return table, [
            f"No sourced price is held for {region}; costs are those of us-east-1. "
            f"Prices: {table.describe()}"
        ]


def _notes(results: Sequence[SizeResult]) -> list[str]:
    notes = []
    few = [size.memory_mb for size in results if size.duration and size.n < SMALLEST_N]
    if few:
        sizes = ", ".join(map(str, few))
        notes.append(
            f"{sizes} MB: fewer than {SMALLEST_N} samples give no interval, so that sizes cannot "
            f"be told apart. Take {SMALLEST_N} runs or more."
        )
    at_once = max((size.at_once for size in results), default=1)
    if at_once > 1:
        notes.append(
            f"Up to {at_once} invocations ran at once, each in a warm environment. On one machine "
            "they compete for its CPUs: measure one after another where that matters."
        )
    for size in results:
        if not size.doubtful:
            continue
        what = "left out of" if size.excluded else "kept in"
        notes.append(
            f"{size.memory_mb} MB: during {size.doubtful} of {len(size.samples)} samples the host "
            f"had less CPU free than promised (more than 5 % of the duration); they are {what} "
            "the figures."
        )
    return notes


def _point_alias(client: Any, function: str, alias: str) -> None:
    wait_until_ready(client, function)
    version = patiently(lambda: client.publish_version(FunctionName=function))["Version"]
    arguments = {"FunctionName": function, "Name": alias, "FunctionVersion": version}
    try:
        client.update_alias(**arguments)
    except client.exceptions.ResourceNotFoundException:
        client.create_alias(**arguments)
