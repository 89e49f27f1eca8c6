"""What CreatePipe and UpdatePipe are given, checked.

Source: Pipes API reference, CreatePipe and UpdatePipe (read 2026-11): an update leaves alone what
it does not name, and replaces each structure for one service as a whole. An empty InputTemplate, an
empty list of filters and an empty Enrichment take theirs away.
"""

from __future__ import annotations

from . import source_kinds, target_kinds
from .pipe import KEPT, Members
from .refusals import Problems, invalid, not_offered

NOT_DONE = ("KmsKeyIdentifier", "LogConfiguration")


def created(given: Members, region: str) -> Members:
    """The members that a new pipe keeps. Raises `ServiceError` for what is refused."""
    parameters = given.get("SourceParameters") or {}
    problems = _problems(given, parameters, region)
    service = source_kinds.service_of(given["Source"])
    kept = {name: given[name] for name in KEPT if given.get(name) not in (None, "")}
    kept["SourceParameters"] = source_kinds.with_defaults(service, parameters)
    return _checked(kept, region, problems)


def updated(before: Members, given: Members, region: str) -> Members:
    """The members that a pipe keeps after an update. Raises `ServiceError` for what is refused."""
    service = source_kinds.service_of(before["Source"])
    name = source_kinds.PARAMETERS[service]
    changed = given.get("SourceParameters") or {}
    source_kinds.refuse_elsewhere(changed)
    parameters = {**before["SourceParameters"], **changed}
    if name in changed:
        start = ("StartingPosition", "StartingPositionTimestamp")
        kept_start = {
            each: value for each, value in before["SourceParameters"][name].items() if each in start
        }
        parameters[name] = {**changed[name], **kept_start}
    kept = {**before, **{each: given[each] for each in KEPT if given.get(each) is not None}}
    for each in ("EnrichmentParameters", "TargetParameters"):
        moved = each == "TargetParameters" and given.get("Target") not in (None, before["Target"])
        merged = {**({} if moved else before.get(each) or {}), **(given.get(each) or {})}
        if merged.get("InputTemplate") == "":
            del merged["InputTemplate"]
        kept[each] = merged
    if not (parameters.get("FilterCriteria") or {}).get("Filters"):
        parameters.pop("FilterCriteria", None)
    problems = _problems({**given, **kept}, parameters, region)
    kept["SourceParameters"] = source_kinds.with_defaults(service, parameters)
    kept = {key: value for key, value in kept.items() if value not in ("", {})}
    return _checked(kept, region, problems)


def _problems(given: Members, parameters: Members, region: str) -> Problems:
    for name in NOT_DONE:
        if given.get(name):
            raise not_offered(f"the member {name}")
    source_kinds.refuse_elsewhere(parameters)
    target_kinds.refuse_elsewhere(given)
    return source_kinds.problems(given["Source"], region, parameters)


def _checked(kept: Members, region: str, problems: Problems) -> Members:
    service = source_kinds.service_of(kept["Source"])
    batch_size = kept["SourceParameters"][source_kinds.PARAMETERS[service]]["BatchSize"]
    problems = problems + target_kinds.problems(kept, region, batch_size)
    if problems:
        raise invalid(problems)
    return kept
