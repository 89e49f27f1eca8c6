"""Samples of one memory size: the right temperature, the wrong ones counted and repeated."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.functions.invocation import Invocation
from serverless_course.functions.invoke import invoke
from serverless_course.functions.loan import Loan
from serverless_course.functions.patience import code_of, message_of, patiently
from serverless_course.functions.sweep_input import SweepInput

MAX_ERRORS = 2


class ProcessorFailed(RuntimeError):
    """A pre- or post-processor failed, so that the samples would not mean what they should."""


@dataclass
class Take:
    """What was taken at one memory size.

    Attributes:
        memory_mb: memory size in MB.
        at_once: invocations at once.
        warm: warm samples.
        cold: cold starts with no other invocation at their side (or, where cold starts are what
            is measured, the samples).
        rejected: how many invocations were not taken, by reason.
        errors: how many of them failed.
        spent: every invocation that was made.
        failure: why this size could not be measured to its end; None when it could.
    """

    memory_mb: int
    at_once: int
    warm: list[Invocation] = field(default_factory=list)
    cold: list[Invocation] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    spent: list[Invocation] = field(default_factory=list)
    failure: str | None = None


@dataclass(frozen=True)
class _Task:
    client: Any
    wanted: SweepInput
    loan: Loan
    sleep: Callable[[float], None]
    tell: Callable[[int, str], None]


def take_samples(
    client: Any,
    wanted: SweepInput,
    loan: Loan,
    take: Take,
    *,
    tell: Callable[[int, str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Measure one memory size into `take`.

    After a change of memory the first invocations are cold: they are kept apart. A sample of the
    wrong temperature or memory size is rejected and repeated, in a bounded number of tries. One
    during which the host did not keep its promise of CPU is kept and taken once more: at most as
    many as were asked for. A
    time-out, or a second error, ends this size and is told in ``take.failure``; the others go on.

    Args:
        client: a boto3 Lambda client that does not retry.
        wanted: what to measure.
        loan: the function's configuration.
        take: filled in as samples come, so that an interruption loses none.
        tell: called with the number of samples so far and a short text.
        sleep: how to wait.

    Raises:
        ProcessorFailed: a pre- or post-processor failed.
        ClientError: Lambda refused an invocation for a reason that concerns every size.
    """
    try:
        loan.set_memory(take.memory_mb)
    except ClientError as error:
        if code_of(error) != "InvalidParameterValueException":
            raise
        take.failure = f"Lambda refused this memory size: {message_of(error)}"
        return
    task = _Task(client, wanted, loan, sleep, tell)
    if take.at_once == 1:
        _collect(task, take, None)
        return
    pool = ThreadPoolExecutor(take.at_once, thread_name_prefix="sweep")
    try:
        _collect(task, take, pool)
    finally:
        # Not waiting: after Ctrl-C the function's memory comes first.
        pool.shutdown(wait=False, cancel_futures=True)


def _collect(task: _Task, take: Take, pool: ThreadPoolExecutor | None) -> None:
    cold_wanted = task.wanted.only_cold_starts
    payloads = task.wanted.payloads()
    # The payloads still to be measured, by their place: a rejected one comes again.
    pending = list(range(len(payloads)))
    # Warming up needs one try for each environment; the rest is room for strays.
    tries, limit = 0, 2 * len(payloads) + take.at_once + 10
    # Measured again, as many times as there are payloads: what a busy host disturbed.
    again = len(payloads)
    while pending and tries < limit:
        size = _batch_size(take, len(pending), tries, cold_wanted=cold_wanted)
        batch = [pending[i % len(pending)] for i in range(size)]
        if cold_wanted:
            task.loan.renew()
        warming = tries == 0 and not cold_wanted
        task.tell(len(payloads) - len(pending), "warming up" if warming else "measuring")
        try:
            results = _run(task, [payloads[place] for place in batch], pool)
        except ClientError as error:
            if code_of(error) != "TooManyRequestsException":
                raise
            take.failure = f"Lambda throttled the invocations: {message_of(error)}"
            return
        tries += size
        take.spent += results
        for place, run in zip(batch, results, strict=True):
            reason = _unfit(task, take, run)
            if reason is None and place in pending:
                (take.cold if cold_wanted else take.warm).append(run)
                if again > 0 and run.host is not None and not run.host.kept_promise:
                    again -= 1
                    limit += 1
                else:
                    pending.remove(place)
            elif reason == "cold" and size == 1:
                take.cold.append(run)
            else:
                take.rejected[reason or "one too many"] += 1
        if take.failure is not None:
            return
        task.tell(len(payloads) - len(pending), "measuring")
    if pending:
        kind = "cold" if cold_wanted else "warm"
        why = ", ".join(f"{reason}: {count}" for reason, count in take.rejected.items())
        take.failure = (
            f"only {len(payloads) - len(pending)} of {len(payloads)} samples were {kind} after "
            f"{tries} invocations ({why or f'cold: {len(take.cold)}'})"
        )


def _batch_size(take: Take, pending: int, tries: int, *, cold_wanted: bool) -> int:
    if not cold_wanted and tries == 0:
        return 1  # alone: a cold start beside others would be slowed by them
    if not cold_wanted and tries == 1:
        return take.at_once  # one for each environment, to warm them all
    return min(take.at_once, pending)


def _unfit(task: _Task, take: Take, run: Invocation) -> str | None:
    """Why an invocation is no sample; None when it is one. May end the size."""
    if run.function_error and run.error_type not in task.wanted.allowed_exceptions:
        take.errors += 1
        if run.timed_out:
            seconds = task.loan.configuration.get("Timeout")
            take.failure = f"timed out: it was not done after {seconds} s"
            return "timed out"
        if take.errors >= MAX_ERRORS and take.failure is None:
            take.failure = _error_text(run, take)
        return "error"
    if run.report is None:
        return "no REPORT line"
    if run.memory_mb != take.memory_mb:
        return "other memory size"
    if run.cold != task.wanted.only_cold_starts:
        return "cold" if run.cold else "warm"
    return None


def _run(task: _Task, payloads: Sequence[Any], pool: ThreadPoolExecutor | None) -> list[Invocation]:
    if pool is not None:
        return list(pool.map(lambda payload: _once(task, payload), payloads))
    results = []
    for payload in payloads:
        results.append(_once(task, payload))
        if task.wanted.sleep_between_runs_ms:
            task.sleep(task.wanted.sleep_between_runs_ms / 1000)
    return results


def _once(task: _Task, payload: Any) -> Invocation:
    wanted = task.wanted
    if wanted.pre_processor:
        payload = _process(task, wanted.pre_processor, payload) or payload
    # A throttled call did not run, so that repeating it is safe.
    result = patiently(lambda: invoke(task.client, wanted.function, payload), sleep=task.sleep)
    if wanted.post_processor:
        _process(task, wanted.post_processor, result.payload)
    return result


def _process(task: _Task, name: str, payload: Any) -> Any:
    result = patiently(lambda: invoke(task.client, name, payload), sleep=task.sleep)
    if result.function_error:
        raise ProcessorFailed(
            f"The processor {name} failed ({result.error_type}: {result.error_message}), so the "
            "sweep was ended. Fix it and run the sweep again."
        )
    return result.payload


def _error_text(run: Invocation, take: Take) -> str:
    full = run.report is not None and run.max_memory_mb >= take.memory_mb
    memory = f" It used all of its {take.memory_mb} MB." if full else ""
    what = ": ".join(part for part in (run.error_type, run.error_message) if part)
    return f"failed: {what or 'the function ended with an error'}.{memory}"
