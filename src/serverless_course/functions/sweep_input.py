"""What a sweep is asked to do: aws-lambda-power-tuning's input, in Python's spelling.

Source of names, defaults and limits: aws-lambda-power-tuning 4.4.0, its input and output page.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from serverless_course.functions.memory import check_memory
from serverless_course.functions.samples import DEFAULT_TRIM

Strategy = Literal["cost", "speed", "balanced"]
STRATEGIES: tuple[Strategy, ...] = ("cost", "speed", "balanced")
DEFAULT_SIZES = (128, 256, 512, 1024, 1536, 3008)
TOOL_LEAST_NUM = 5


class SweepInputError(ValueError):
    """The sweep cannot be done as asked; the message says what to change."""


@dataclass(frozen=True)
class Weighted:
    """One payload of several, and how often it is used beside the others."""

    payload: Any
    weight: float


@dataclass(frozen=True)
class SweepInput:
    """What to measure, and how.

    Attributes:
        function: function name or ARN, without version or alias: ``$LATEST`` is measured.
        sizes: memory sizes in MB, in the order of measuring.
        runs: samples for each size.
        payload: the event of every invocation.
        weighted: several events with relative weights, instead of `payload`.
        strategy: what :meth:`Sweep.output` optimises.
        balanced_weight: for ``"balanced"``: 0.0 is speed alone, 1.0 is cost alone.
        parallel: invocations at once: False one (they do not compete for a host's CPUs), True
            all, or a number.
        discard_top_bottom: part left out at each end for the trimmed mean, 0 to 0.4; None means
            0.2, and 0 for cold starts.
        sleep_between_runs_ms: pause after each invocation in milliseconds, when one at a time.
        only_cold_starts: measure cold starts instead of warm invocations.
        allowed_exceptions: errorType names that count as a valid answer.
        include_output_results: put the figures of every size into the output.
        dry_run: invoke once, measure and change nothing.
        auto_optimize: leave the function at the best size instead of its own.
        auto_optimize_alias: then publish a version and point this alias to it.
        pre_processor: function invoked before each invocation; its answer replaces the payload.
        post_processor: function invoked after each invocation with the answer.
    """

    function: str
    sizes: tuple[int, ...] = DEFAULT_SIZES
    runs: int = 10
    payload: Any = None
    weighted: tuple[Weighted, ...] = ()
    strategy: Strategy = "cost"
    balanced_weight: float = 0.5
    parallel: bool | int = False
    discard_top_bottom: float | None = None
    sleep_between_runs_ms: float = 0
    only_cold_starts: bool = False
    allowed_exceptions: tuple[str, ...] = ()
    include_output_results: bool = True
    dry_run: bool = False
    auto_optimize: bool = False
    auto_optimize_alias: str | None = None
    pre_processor: str | None = None
    post_processor: str | None = None

    def __post_init__(self) -> None:
        """Check every value, and put the sizes into whole megabytes without repetition."""
        if not self.function:
            raise SweepInputError("Name the function to measure: a name or an ARN.")
        if _qualified(self.function):
            raise SweepInputError(
                f"{self.function} names a version or an alias. A sweep changes the memory of "
                "$LATEST, so leave the last part out."
            )
        if not self.sizes:
            raise SweepInputError("Give one memory size or more, for example [128, 512, 1024].")
        try:
            object.__setattr__(self, "sizes", tuple(dict.fromkeys(map(check_memory, self.sizes))))
        except ValueError as error:
            raise SweepInputError(str(error)) from error
        _whole(self.runs, "runs (num)", least=1)
        if self.strategy not in STRATEGIES:
            raise SweepInputError(
                f"strategy={self.strategy!r} is not one of {', '.join(STRATEGIES)}."
            )
        _within(self.balanced_weight, "balanced_weight (balancedWeight)", 0, 1)
        if self.discard_top_bottom is not None:
            _within(self.discard_top_bottom, "discard_top_bottom (discardTopBottom)", 0, 0.4)
        _within(self.sleep_between_runs_ms, "sleep_between_runs_ms (sleepBetweenRunsMs)", 0, 9e5)
        if not isinstance(self.parallel, bool):
            _whole(self.parallel, "parallel", least=1)
        if self.weighted:
            spread(self.weighted, self.runs)
        if self.auto_optimize_alias and not self.auto_optimize:
            raise SweepInputError("auto_optimize_alias needs auto_optimize=True.")

    @property
    def trim(self) -> float:
        """Part left out at each end for the trimmed mean."""
        if self.discard_top_bottom is not None:
            return self.discard_top_bottom
        return 0.0 if self.only_cold_starts else DEFAULT_TRIM

    def payloads(self) -> list[Any]:
        """The payload of each sample of a size, in order."""
        return spread(self.weighted, self.runs) if self.weighted else [self.payload] * self.runs

    @property
    def at_once(self) -> int:
        """How many invocations run at once."""
        if isinstance(self.parallel, bool):
            return self.runs if self.parallel else 1
        return min(self.parallel, self.runs)

    @classmethod
    def from_tool(cls, given: Mapping[str, Any]) -> SweepInput:
        """From aws-lambda-power-tuning's execution input.

        Raises:
            SweepInputError: an unknown key (named), a key that needs its state machine, or a
                value out of range.
        """
        _check_keys(given)
        if "lambdaARN" not in given:
            raise SweepInputError("The input has no lambdaARN: the function to measure.")
        num = _number(given.get("num"), "num")
        if num < TOOL_LEAST_NUM:
            raise SweepInputError(f"num is {num}; it must be {TOOL_LEAST_NUM} or more.")
        values: dict[str, Any] = {
            name: given[key] for key, name in _PLAIN_KEYS.items() if key in given
        }
        values["include_output_results"] = bool(given.get("includeOutputResults", False))
        values["allowed_exceptions"] = tuple(given.get("allowedExceptions") or ())
        if "powerValues" in given:
            values["sizes"] = _power_values(given["powerValues"])
        payload = given.get("payload")
        if isinstance(payload, list):
            values["weighted"] = _weighted(payload)
        else:
            values["payload"] = payload
        values["parallel"] = bool(given.get("parallelInvocation", False))
        return cls(function=str(given["lambdaARN"]), runs=num, **values)


_PLAIN_KEYS = {
    "strategy": "strategy",
    "balancedWeight": "balanced_weight",
    "autoOptimize": "auto_optimize",
    "autoOptimizeAlias": "auto_optimize_alias",
    "dryRun": "dry_run",
    "discardTopBottom": "discard_top_bottom",
    "sleepBetweenRunsMs": "sleep_between_runs_ms",
    "onlyColdStarts": "only_cold_starts",
    "preProcessorARN": "pre_processor",
    "postProcessorARN": "post_processor",
}
# disablePayloadLogs has nothing to switch off here: payloads are never logged.
_OTHER_KEYS = {
    *("lambdaARN", "powerValues", "num", "payload", "parallelInvocation"),
    *("includeOutputResults", "allowedExceptions", "disablePayloadLogs"),
}
TOOL_KEYS = frozenset(_PLAIN_KEYS) | frozenset(_OTHER_KEYS)


def _check_keys(given: Mapping[str, Any]) -> None:
    if "payloadS3" in given:
        raise SweepInputError(
            "payloadS3 is read by the tool's state machine, which is not used here. Read the "
            "object with boto3 and pass it as payload."
        )
    unknown = sorted(set(given) - TOOL_KEYS)
    if unknown:
        near = difflib.get_close_matches(unknown[0], TOOL_KEYS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SweepInputError(
            f"Unknown key{'s' if len(unknown) > 1 else ''} in the input: {', '.join(unknown)}."
            f"{hint} Known keys: {', '.join(sorted(TOOL_KEYS))}."
        )


def sizes_of(memory: object) -> tuple[Any, ...]:
    """The memory sizes of a sweep; each is checked later.

    Raises:
        SweepInputError: one number, a text or something else that is no list.
    """
    if isinstance(memory, Iterable) and not isinstance(memory, str | bytes | Mapping):
        return tuple(memory)
    example = memory if isinstance(memory, int) and not isinstance(memory, bool) else 512
    raise SweepInputError(
        f"memory={memory!r} is no list of sizes. Give a list of sizes in MB: memory=[{example}] "
        "for one, memory=[128, 512, 1024] for several."
    )


def _power_values(values: Any) -> tuple[int, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise SweepInputError(
            f"powerValues is {values!r}. Give a list of sizes in MB, for example [128, 512, 1024]."
        )
    return tuple(_number(value, "powerValues") for value in values)


def _number(value: Any, name: str) -> int:
    try:
        number = float(value)
        if isinstance(value, bool) or number != int(number):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise SweepInputError(f"{name} is {value!r}; it must be a whole number.") from None
    return int(number)


def _weighted(payload: Sequence[Any]) -> tuple[Weighted, ...]:
    found = []
    for item in payload:
        if not isinstance(item, Mapping) or set(item) != {"payload", "weight"}:
            raise SweepInputError(
                "A list of payloads must look like "
                '[{"payload": {...}, "weight": 2}, {"payload": {...}, "weight": 1}].'
            )
        found.append(Weighted(item["payload"], item["weight"]))
    if not found:
        raise SweepInputError("The list of payloads is empty.")
    return tuple(found)


def spread(weighted: Sequence[Weighted], runs: int) -> list[Any]:
    """Share `runs` samples among payloads by weight, each at least once, largest rest first.

    Raises:
        SweepInputError: a weight that is not above 0, or fewer runs than payloads.
    """
    for item in weighted:
        good = isinstance(item.weight, int | float) and not isinstance(item.weight, bool)
        if not (good and 0 < item.weight < float("inf")):
            raise SweepInputError(f"The weight {item.weight!r} must be a number above 0.")
    if runs < len(weighted):
        raise SweepInputError(
            f"{len(weighted)} payloads need {len(weighted)} runs or more; runs (num) is {runs}."
        )
    total = sum(item.weight for item in weighted)
    exact = [item.weight * runs / total for item in weighted]
    counts = [max(1, int(part)) for part in exact]
    while sum(counts) < runs:
        neediest = max(range(len(counts)), key=lambda i: exact[i] - counts[i])
        counts[neediest] += 1
    while sum(counts) > runs:
        fullest = max(
            (i for i in range(len(counts)) if counts[i] > 1), key=lambda i: counts[i] - exact[i]
        )
        counts[fullest] -= 1
    return [
        item.payload for item, count in zip(weighted, counts, strict=True) for _ in range(count)
    ]


def _qualified(function: str) -> bool:
    parts = function.split(":")
    return len(parts) > 7 if parts[0] == "arn" else len(parts) > 1


def _whole(value: object, name: str, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SweepInputError(f"{name} is {value!r}; it must be a whole number, {least} or more.")


def _within(value: object, name: str, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and low <= cast(float, value) <= high):
        raise SweepInputError(f"{name} is {value!r}; it must lie between {low:g} and {high:g}.")
