"""Metrics out of log events in moto: the embedded metric format, and metric filters.

Every event that comes into a log group passes here, from functions and from clients. moto 5.2.5
keeps metric filters and does not use them. Source: Amazon CloudWatch Logs User Guide, "Monitoring
usage with CloudWatch metrics" (read 2026-11): EMFParsingErrors and EMFValidationErrors in
``AWS/Logs``, with the dimension LogGroupName.
"""

from __future__ import annotations

import logging
from typing import Any

from ..cloudwatch.metrics import emf
from ..cloudwatch.metrics.emf import Datum
from ..cloudwatch.metrics.metric import MetricId
from ..cloudwatch.metrics.metric_filter import MetricFilter, read_filter
from ..cloudwatch.metrics.store import MetricStore
from ..logs.filter_patterns import matcher
from .metrics import Metrics
from .watchers import wrap

log = logging.getLogger(__name__)
_ERRORS = {"parsing_errors": "EMFParsingErrors", "validation_errors": "EMFValidationErrors"}


def install(metrics: Metrics) -> None:
    """Look at what is put into log groups."""
    from moto.logs.exceptions import InvalidParameterException  # noqa: PLC0415 - moto loads late
    from moto.logs.models import LogsBackend  # noqa: PLC0415

    def put_log_events(known: Any, backend: Any, group: str, *given: Any, **named: Any) -> Any:
        events = named["log_events"] if "log_events" in named else given[-1]
        answer = known(backend, group, *given, **named)
        try:
            _extract(metrics.stores.region(backend.region_name), backend, group, events)
        except Exception:
            log.exception("metrics in events of %s were not extracted", group)
        return answer

    def put_metric_filter(
        known: Any,
        backend: Any,
        filter_name: str,
        filter_pattern: str,
        log_group_name: str,
        metric_transformations: Any,
    ) -> None:
        try:
            _read(filter_pattern, metric_transformations)
        except (ValueError, KeyError) as error:
            raise InvalidParameterException(str(error)) from error
        backend.delete_metric_filter(filter_name, log_group_name)
        known(backend, filter_name, filter_pattern, log_group_name, metric_transformations)

    wrap(LogsBackend, "put_log_events", put_log_events)
    wrap(LogsBackend, "put_metric_filter", put_metric_filter)


def _extract(store: MetricStore, backend: Any, group: str, events: list[dict[str, Any]]) -> None:
    filters = [
        _read(each["filterPattern"], each["metricTransformations"])
        for each in backend.filters.metric_filters
        if each["logGroupName"] == group
    ]
    for event in events:
        message, at_ms = event["message"], event["timestamp"]
        for each in filters:
            value = each.value_of(message, at_ms / 1000)
            if value is not None:
                _put(store, value)
        found = emf.extract(message, at_ms)
        if found is None:
            continue
        for datum in found.data:
            _put(store, datum)
        for name, metric in _ERRORS.items():
            number = getattr(found, name)
            if number:
                of = MetricId("AWS/Logs", metric, (("LogGroupName", group),))
                store.put(of, at_ms / 1000, [(1.0, float(number))], "Count")


def _read(pattern: str | None, transformations: list[dict[str, Any]]) -> MetricFilter:
    text = (pattern or "").strip()
    if text.startswith("["):
        raise ValueError("Patterns of space-delimited events are not offered for metric filters.")
    return read_filter(transformations[0], matcher(text))


def _put(store: MetricStore, datum: Datum) -> None:
    values = [(value, 1.0) for value in datum.values]
    store.put(datum.metric, datum.at, values, datum.unit, high_resolution=datum.high_resolution)
