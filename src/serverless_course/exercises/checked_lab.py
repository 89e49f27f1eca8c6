"""The lab at work, as far as checks look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from serverless_course.aws.disruption import Disruption
from serverless_course.aws.vpc import Vpc
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.load import Call
from serverless_course.functions.report import Report
from serverless_course.functions.sweep_result import Sweep


class CheckedLab(Protocol):
    """What checks may use of a lab: its cloud, its names, and what its learner has measured.

    :class:`serverless_course.lab.Lab` is one: it hands itself to the checks, so mypy compares them.
    """

    @property
    def reports(self) -> Sequence[Report]:
        """REPORT lines of the invocations that asked for their log, in order."""

    @property
    def sweeps(self) -> Mapping[str, Sweep]:
        """The last sweep of each function, by its full name."""

    @property
    def past_sweeps(self) -> Sequence[Sweep]:
        """Every sweep, in order."""

    def client(self, service: str) -> Any:
        """A boto3 client of the lab's cloud: ``"lambda"``, ``"sqs"``."""

    def name(self, short: str, kind: str = "lambda:function") -> str:
        """The full name of one of the lab's resources; ``kind`` is its type: ``"sqs:queue"``."""

    def invoke(self, function: str, payload: Any = None) -> Invocation:
        """Invoke a function, by its full name, once and wait."""

    def load(
        self,
        function: str,
        payload: Any = None,
        *,
        per_second: float,
        seconds: float,
        during: Mapping[float, Callable[[], object]] | None = None,
    ) -> list[Call]:
        """Invoke a function steadily; ``during``: what happens, by seconds from the start."""

    def vpc(self, short: str) -> Vpc:
        """One of the lab's VPCs; it is made when it is not there."""

    def disruption(self, *subnets: str, minutes: int) -> Disruption:
        """An experiment that cuts these subnets off for a number of minutes at most."""
