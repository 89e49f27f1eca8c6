"""PutMetricData: what clients publish.

Source: Amazon CloudWatch API reference, PutMetricData and MetricDatum (read 2026-11): 1,000
metrics in a call, 150 values in one, 30 dimensions; from two weeks ago to two hours from now; no
namespace that begins with ``AWS/``.
"""

from __future__ import annotations

import math
from typing import Any

from .emf import UNITS
from .metric import NO_UNIT, MetricId, StatisticSet, dimensions
from .periods import seconds
from .refusals import invalid_combination, invalid_value, missing, refuse
from .store import MetricStore

MAX_METRICS = 1000
MAX_VALUES = 150
MAX_DIMENSIONS = 30
OLDEST_S = 14 * 86_400
NEWEST_S = 2 * 3600
LARGEST = 2.0**360


def put_metric_data(
    store: MetricStore, given: dict[str, Any], now: float, *, by_service: bool = False
) -> None:
    """Publish. Raises `ServiceError` before anything of the call is kept.

    ``by_service``: an AWS service publishes, in a namespace that is not open to clients.
    """
    refuse(given, ("EntityMetricData", "StrictEntityValidation"))
    namespace = given.get("Namespace") or ""
    if not namespace:
        raise missing("Namespace")
    if namespace.startswith(":") or (namespace.startswith("AWS/") and not by_service):
        raise invalid_value(f"The value {namespace} for parameter Namespace is invalid.")
    data = given.get("MetricData") or []
    if not data:
        raise missing("MetricData")
    if len(data) > MAX_METRICS:
        raise invalid_value("The collection MetricData must not have a size greater than 1000.")
    checked = [
        (datum, _values(datum, name), _check(datum, name, now))
        for datum, name in ((each, f"MetricData.member.{n}") for n, each in enumerate(data, 1))
    ]
    for datum, (values, sets), at in checked:
        store.put(
            MetricId(namespace, datum["MetricName"], dimensions(datum.get("Dimensions"))),
            at,
            values,
            datum.get("Unit") or NO_UNIT,
            high_resolution=datum.get("StorageResolution") == 1,
            sets=sets,
        )


def _check(datum: dict[str, Any], name: str, now: float) -> float:
    """What holds for every datum; its time in seconds."""
    if not datum.get("MetricName"):
        raise missing(f"{name}.MetricName")
    given = datum.get("Dimensions") or []
    if len(given) > MAX_DIMENSIONS:
        raise invalid_value(
            f"The collection {name}.Dimensions must not have a size greater than {MAX_DIMENSIONS}."
        )
    for number, each in enumerate(given, 1):
        for part in ("Name", "Value"):
            if not each.get(part):
                raise missing(f"{name}.Dimensions.member.{number}.{part}")
    if (datum.get("Unit") or NO_UNIT) not in UNITS:
        raise invalid_value(f"The parameter {name}.Unit must be a value in the set {sorted(UNITS)}")
    if datum.get("StorageResolution", 60) not in (1, 60):
        raise invalid_value(f"The parameter {name}.StorageResolution must be 1 or 60.")
    at = now if datum.get("Timestamp") is None else seconds(datum["Timestamp"])
    if at > now + NEWEST_S:
        raise invalid_value(
            f"The parameter {name}.Timestamp must specify a time no more than two hours in the "
            "future."
        )
    if at < now - OLDEST_S:
        raise invalid_value(
            f"The parameter {name}.Timestamp must specify a time within the past two weeks."
        )
    return at


def _values(
    datum: dict[str, Any], name: str
) -> tuple[list[tuple[float, float]], tuple[StatisticSet, ...]]:
    kinds = [
        kind for kind in ("Value", "Values", "StatisticValues") if datum.get(kind) not in (None, [])
    ]
    if not kinds:
        raise missing(f"{name}.Value")
    if kinds == ["Values", "StatisticValues"]:
        # AWS takes both (recorded, localstack's test_put_metric_data_validation, 2024), and does
        # not say what counts: here all of it.
        each_with_count, _ = _values({**datum, "StatisticValues": None}, name)
        return each_with_count, (_set(datum["StatisticValues"], name),)
    if len(kinds) > 1:
        raise invalid_combination(
            f"The parameters {name}.{kinds[0]} and {name}.{kinds[1]} are mutually exclusive and "
            "you have specified both."
        )
    if kinds == ["StatisticValues"]:
        return [], (_set(datum["StatisticValues"], name),)
    if kinds == ["Value"]:
        return [(_finite(datum["Value"], f"{name}.Value"), 1.0)], ()
    values = [_finite(each, f"{name}.Values") for each in datum["Values"]]
    counts = [_finite(each, f"{name}.Counts") for each in datum.get("Counts") or [1] * len(values)]
    if len(values) > MAX_VALUES:
        raise invalid_value(
            f"The collection {name}.Values must not have a size greater than {MAX_VALUES}."
        )
    if len(values) != len(counts):
        raise invalid_value(
            f"The parameters {name}.Values and {name}.Counts must be of the same size."
        )
    if any(each <= 0 for each in counts):
        raise invalid_value(f"The values of parameter {name}.Counts must be greater than 0.")
    return list(zip(values, counts, strict=True)), ()


def _set(given: dict[str, Any], name: str) -> StatisticSet:
    parts = []
    for part in ("SampleCount", "Sum", "Minimum", "Maximum"):
        if given.get(part) is None:
            raise missing(f"{name}.StatisticValues.{part}")
        parts.append(_finite(given[part], f"{name}.StatisticValues.{part}"))
    found = StatisticSet(*parts)
    if found.samples <= 0:
        raise invalid_value(
            f"The parameter {name}.StatisticValues.SampleCount must be greater than 0."
        )
    if found.minimum > found.maximum:
        raise invalid_combination(
            f"The parameter {name}.StatisticValues.Maximum must be greater than or equal to "
            f"{name}.StatisticValues.Minimum."
        )
    return found


def _finite(value: Any, name: str) -> float:
    number = float(value)
    if not math.isfinite(number) or abs(number) > LARGEST:
        shown = "NaN" if math.isnan(number) else number
        raise invalid_value(f"The value {shown} for parameter {name} is invalid.")
    return number
