"""Who matches with patterns, and what each of them takes: the differences between the users.

Sources: EventBridge User Guide, "Comparison operators"; Lambda Developer Guide, "Control which
events Lambda sends to your function" (a subset of EventBridge's, numbers compared as written); SNS
Developer Guide, "Subscription filter policies" with "String value matching", "Numeric value
matching", "Key matching" and "Filter policy constraints" (all read 2026-11); what SNS refuses
inside anything-but as recorded from AWS (localstack, test_sns_filter_policy, 2024).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_COMMON = frozenset({"anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"})


@dataclass(frozen=True)
class Dialect:
    """What patterns of one user may hold, and how it compares.

    ``in_anything_but``: the operators that may stand inside anything-but; ``lists_there``: with
    lists of texts too. ``affix_ignores_case``: prefix and suffix may hold equals-ignore-case.
    ``dots``: a dot in a name stands for a nested field. ``by_writing``: numbers are equal when they
    are written alike. ``largest``: numbers of numeric lie between minus this and this.
    ``null_is_absent``: null finds a field that is not there.
    """

    operators: frozenset[str]
    in_anything_but: frozenset[str] = frozenset()
    lists_there: bool = False
    affix_ignores_case: bool = False
    dots: bool = False
    by_writing: bool = False
    largest: Decimal = Decimal("5e9")
    null_is_absent: bool = False


EVENTBRIDGE = Dialect(
    operators=_COMMON | {"cidr", "wildcard"},
    in_anything_but=frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard"}),
    lists_there=True,
    affix_ignores_case=True,
    dots=True,
)
LAMBDA = Dialect(operators=_COMMON, affix_ignores_case=True, by_writing=True)
SNS_BODY = Dialect(
    operators=_COMMON | {"cidr"},
    in_anything_but=frozenset({"prefix"}),
    dots=True,
    largest=Decimal("1e9"),
)
SNS_ATTRIBUTES = Dialect(
    operators=_COMMON | {"cidr"},
    in_anything_but=frozenset({"prefix"}),
    largest=Decimal("1e9"),
    null_is_absent=True,
)
