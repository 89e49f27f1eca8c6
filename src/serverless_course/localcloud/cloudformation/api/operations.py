"""Which function answers which of CloudFormation's operations."""

from __future__ import annotations

from . import change_sets, exports, stack_views, stacks, templates
from .plane import Operation

OPERATIONS: dict[str, Operation] = {
    **stacks.OPERATIONS,
    **change_sets.OPERATIONS,
    **stack_views.OPERATIONS,
    **templates.OPERATIONS,
    **exports.OPERATIONS,
}
