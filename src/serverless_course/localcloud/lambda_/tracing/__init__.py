"""X-Ray on Lambda's side: who is traced, what Lambda itself tells of an invocation, the way there.

Source: Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray" (read
2026-11). The documents' fields are those of traces that AWS returned (`documents`).
"""

from __future__ import annotations

from .documents import FORMATS, NEW_STYLE, OLD_STYLE
from .function_sampler import FunctionSampler
from .header import TraceHeader, undecided
from .trace_writer import Put, TraceWriter
from .tracer import Attempt, Sample, Segment, Tracer, untraced

__all__ = [
    "FORMATS",
    "NEW_STYLE",
    "OLD_STYLE",
    "Attempt",
    "FunctionSampler",
    "Put",
    "Sample",
    "Segment",
    "TraceHeader",
    "TraceWriter",
    "Tracer",
    "undecided",
    "untraced",
]
