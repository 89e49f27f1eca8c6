"""Recursive loop detection: how often one triggering event has come back to a function.

The field ``Lineage`` of the X-Ray trace header carries it from hop to hop, sampled or not:
``Root=1-…;Sampled=0;Lineage=3:a87bd80c:1|68fd508a:0``. First all hops so far, then for each
function the first 8 hex digits of a hash, and how often it was invoked before (0 at first).
Sources: the field in trace headers that AWS sent (public logs of 2024 to 2026; until 2023 without
the leading total, as in X-Ray's Developer Guide); "approximately 16 times": Lambda Developer
Guide, "Use Lambda recursive loop detection to prevent infinite loops" (read 2026-11). Which hash
AWS takes is not known.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from ...wire.errors import ServiceError

# So often one triggering event may invoke a function; the next invocation is stopped.
MAX_INVOCATIONS = 16

# The code of AWS's answer to a call that closes a loop (Lambda's API model).
LOOP = "RecursiveInvocationException"
_STOPPED = (
    "Lambda has detected your function being invoked in a recursive loop with other Amazon Web "
    "Services resources and stopped your function's invocation."
)

_ENTRY = re.compile(r"([0-9a-f]{8}):(\d{1,9})")
_TOTAL = re.compile(r"(\d{1,9}):(?=[0-9a-f]{8}:)")
_FIELD = "Lineage="


def next_hop(trace: str, function_arn: str) -> tuple[str, int]:
    """The trace header to give to a function, and how many times this event has then invoked it.

    ``function_arn`` is the plain ARN: all versions and aliases of a function are one. A count
    over `MAX_INVOCATIONS` is a loop, to be stopped unless the function allows it. A field that
    cannot be read counts as none.
    """
    kept, total, entries = _read(trace)
    own = _short(function_arn)
    before = entries.pop(own, -1)
    entries[own] = before + 1
    counts = "|".join(f"{function}:{count}" for function, count in entries.items())
    return ";".join([*kept, f"{_FIELD}{total + 1}:{counts}"]), before + 2


def is_loop(count: int, recursive_loop: str) -> bool:
    """Whether to stop: ``recursive_loop`` is the function's setting, Terminate or Allow."""
    return count > MAX_INVOCATIONS and recursive_loop != "Allow"


def stopped() -> ServiceError:
    """AWS's answer to a call that closes a loop (Lambda's API model)."""
    return ServiceError(LOOP, _STOPPED, fields={"Type": "User"})


def _read(trace: str) -> tuple[list[str], int, dict[str, int]]:
    """The other fields in their order, all hops so far, and each function's count.

    SDKs percent-encode the bar between two functions when they pass the header on.
    """
    kept: list[str] = []
    total = 0
    entries: dict[str, int] = {}
    for part in trace.split(";"):
        text = part.strip()
        if not text.startswith(_FIELD):
            kept += [text] if text else []
            continue
        value = text.removeprefix(_FIELD).replace("%7C", "|").replace("%7c", "|")
        entries = {function: int(count) for function, count in _ENTRY.findall(value)}
        found = _TOTAL.match(value)
        total = int(found[1]) if found else sum(count + 1 for count in entries.values())
    return kept, total, entries


@lru_cache(maxsize=1024)
def _short(function_arn: str) -> str:
    return hashlib.sha256(function_arn.encode()).hexdigest()[:8]
