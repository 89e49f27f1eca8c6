"""Step Functions: state machines, run by LocalStack's interpreter as a library."""

from __future__ import annotations

from .execution_traces import ExecutionTraces
from .outlets import Outlets, Roles
from .state_machines import StateMachines

__all__ = ["ExecutionTraces", "Outlets", "Roles", "StateMachines"]
