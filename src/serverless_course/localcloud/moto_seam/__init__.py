"""The seam to moto: the one room that touches moto's private names.

Every AWS service but Lambda, X-Ray and FIS is moto's (https://github.com/getmoto/moto), repaired
where this room says so; CloudWatch's data and alarms are kept by `cloudwatch`. What is used here
of moto's inside is held by contract tests, so that an upgrade that moves it is seen.
"""

from __future__ import annotations

from .current import CurrentCall
from .functions import FunctionFailed, Functions
from .object_lifecycle import Lifecycle
from .services import Services
from .topic_traces import TopicTraces

__all__ = [
    "CurrentCall",
    "FunctionFailed",
    "Functions",
    "Lifecycle",
    "Services",
    "TopicTraces",
]
