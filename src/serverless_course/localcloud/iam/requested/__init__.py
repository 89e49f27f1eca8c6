"""What a request asks leave for: IAM actions, each on a resource's ARN.

Source: Service Authorization Reference, "Actions, resources, and condition keys" of each service
(read 2026-11). A service or an operation that is not in these tables is asked for under its own
name on ``*``, as AWS does for actions without a resource type.
"""

from __future__ import annotations

from .need import UNKNOWN, Names, Need
from .operation import Operation, form_of, one_form, operation_of
from .protocols import needs
from .reserved_tags import check_reserved_tags
from .services import check_scope

__all__ = [
    "UNKNOWN",
    "Names",
    "Need",
    "Operation",
    "check_reserved_tags",
    "check_scope",
    "form_of",
    "needs",
    "one_form",
    "operation_of",
]
