"""What a sweep found at one memory size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from serverless_course.functions.invocation import Invocation
from serverless_course.functions.samples import SMALLEST_N, Summary
from serverless_course.functions.sampling import Take
from serverless_course.pricing.cost import billed_ms, invocation_cost
from serverless_course.pricing.tables import PriceTable


def billed_of(run: Invocation, table: PriceTable) -> int:
    """Billed milliseconds of an invocation.

    Under today's rules the REPORT line's own Billed Duration; under a past table, what that
    table would have billed for the same Duration and Init Duration.
    """
    if table.valid_to is None:
        return run.billed_ms
    return billed_ms(run.duration_ms, table, init_ms=run.init_ms or 0)


def usd_of(run: Invocation, table: PriceTable) -> float:
    """Dollars for one invocation, request fee included, unrounded."""
    return float(invocation_cost(run.memory_mb, billed_of(run, table), table))


def whole_ms(run: Invocation) -> float:
    """Duration, plus Init and Restore where there were any, in milliseconds."""
    restore = run.report.restore_ms if run.report else None
    return run.duration_ms + (run.init_ms or 0.0) + (restore or 0.0)


@dataclass(frozen=True, repr=False)
class SizeResult:
    """One memory size.

    Attributes:
        memory_mb: memory size in MB.
        at_once: invocations that ran at once.
        samples: the invocations that count (warm, or cold where cold starts were measured).
        cold: cold starts, measured apart.
        rejected_why: how many invocations were not taken, by reason.
        failure: why this size could not be measured to its end; None when it could.
        doubtful: samples during which the host did not keep its promise of CPU.
        excluded: how many of them are left out of the figures (all, or none where too few
            samples would remain).
        duration: milliseconds of the samples; None without a sample. Warm samples have no Init;
            of cold ones it is included.
        billed: billed milliseconds of the samples.
        cost: dollars for one invocation, request fee included.
        cold_duration: milliseconds of cold starts, Init included; None without one.
        init: Init Duration of cold starts in milliseconds; None without one.
    """

    memory_mb: int
    at_once: int
    samples: tuple[Invocation, ...]
    cold: tuple[Invocation, ...]
    rejected_why: Mapping[str, int]
    failure: str | None
    doubtful: int
    excluded: int
    duration: Summary | None
    billed: Summary | None
    cost: Summary | None
    cold_duration: Summary | None
    init: Summary | None

    @classmethod
    def of(cls, take: Take, table: PriceTable, *, trim: float, only_cold: bool) -> SizeResult:
        """Work the figures out of what was taken.

        Samples during which the host broke its promise are left out when six or more remain:
        enough for an interval.
        """
        samples = tuple(take.cold if only_cold else take.warm)
        kept = tuple(run for run in samples if run.host is None or run.host.kept_promise)
        doubtful = len(samples) - len(kept)
        exclude = doubtful > 0 and len(kept) >= SMALLEST_N
        used = kept if exclude else samples
        return cls(
            memory_mb=take.memory_mb,
            at_once=take.at_once,
            samples=samples,
            cold=tuple(take.cold),
            rejected_why=dict(take.rejected),
            failure=take.failure,
            doubtful=doubtful,
            excluded=doubtful if exclude else 0,
            duration=_summary([whole_ms(run) for run in used], trim),
            billed=_summary([float(billed_of(run, table)) for run in used], trim),
            cost=_summary([usd_of(run, table) for run in used], trim),
            cold_duration=_summary([whole_ms(run) for run in take.cold], 0),
            init=_summary([run.init_ms for run in take.cold if run.init_ms is not None], 0),
        )

    def __repr__(self) -> str:
        if self.duration is None:
            return f"{self.memory_mb} MB: {self.failure or 'no sample was taken'}"
        return f"{self.memory_mb} MB: {self.duration.describe()}"

    @property
    def measured(self) -> bool:
        """Whether this size was measured to its end, so that it may be compared."""
        return self.failure is None and self.duration is not None

    @property
    def times(self) -> Summary:
        """:attr:`duration` of a size that has samples.

        Raises:
            ValueError: it has none; the message says why. So for the properties below.
        """
        if self.duration is None:
            why = self.failure or "no sample was taken"
            raise ValueError(f"{self.memory_mb} MB has no figures: {why}.")
        return self.duration

    @property
    def costs(self) -> Summary:
        """:attr:`cost` of a size that has samples, in dollars for one invocation."""
        return cast(Summary, self.times and self.cost)

    @property
    def disturbed(self) -> bool:
        """Whether the figures rest on samples most of which the host disturbed."""
        return self.excluded == 0 and 2 * self.doubtful > len(self.samples)

    @property
    def n(self) -> int:
        """How many samples the figures rest on."""
        return 0 if self.duration is None else self.duration.n

    @property
    def median_ms(self) -> float:
        """Median duration in milliseconds."""
        return self.times.median

    @property
    def low_ms(self) -> float | None:
        """Lower end of its 95 % interval in milliseconds; None for fewer than six samples."""
        return self.times.low

    @property
    def high_ms(self) -> float | None:
        """Upper end of its 95 % interval in milliseconds."""
        return self.times.high

    @property
    def mean_ms(self) -> float:
        """Trimmed mean of the durations in milliseconds, as aws-lambda-power-tuning has it."""
        return self.times.trimmed_mean

    @property
    def billed_ms(self) -> float:
        """Median of the billed milliseconds."""
        return cast(Summary, self.times and self.billed).median

    @property
    def usd(self) -> float:
        """Median dollars for one invocation, request fee included."""
        return self.costs.median

    @property
    def usd_low(self) -> float | None:
        """Lower end of its 95 % interval; None for fewer than six samples."""
        return self.costs.low

    @property
    def usd_high(self) -> float | None:
        """Upper end of its 95 % interval."""
        return self.costs.high

    @property
    def usd_per_million(self) -> float:
        """Median dollars for a million invocations, request fee included."""
        return self.usd * 1_000_000

    @property
    def max_memory_mb(self) -> int:
        """Most memory that a sample used, in MB."""
        return max(run.max_memory_mb for run in self.samples if self.times)

    @property
    def cold_ms(self) -> float | None:
        """Median of the cold starts in milliseconds, Init included; None without one."""
        return None if self.cold_duration is None else self.cold_duration.median

    @property
    def rejected(self) -> int:
        """How many invocations were not taken."""
        return sum(self.rejected_why.values())


def _summary(values: list[float], trim: float) -> Summary | None:
    return Summary.of(values, trim=trim) if values else None
