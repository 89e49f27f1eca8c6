"""moto's own patterns, matched in linear time.

moto 5.2.5 makes regular expressions of what callers send: of bucket policies, of prefixes of queues
and rules, of origins for CORS, and looks for a trailer's
checksum in a whole object. One of them could keep the server for hours. Event patterns are ours as
a whole: `rule_patterns` and `topic_filters`.
"""

from __future__ import annotations

import re
from typing import Any

from ..wildcards import starred, wildcard
from .seam import replace, when_imported

# A trailer is the end of a body: its checksum is among these last bytes.
TRAILER_BYTES = 512
_TRAILING = re.compile(rb"x-amz-checksum-\w{3,10}:([\w+/]{1,100}={1,2})")


def install() -> None:
    """Replace each where its module is imported."""
    for module, repair in (
        ("moto.events.models", _events),
        ("moto.iam.access_control", _policies),
        ("moto.sqs.models", _queues),
        ("moto.s3.responses", _objects),
    ):
        when_imported(module, repair)


def _events() -> None:
    from moto.events.models import EventsBackend  # noqa: PLC0415 - moto loads late

    def make_list(known: Any) -> Any:
        def list_rules(self: Any, prefix: str | None = None, **given: Any) -> Any:
            return known(self, prefix=re.escape(prefix or ""), **given)

        return list_rules

    replace(EventsBackend, "list_rules", make_list)


def _policies() -> None:
    from moto.iam.access_control import IAMPolicyStatement  # noqa: PLC0415 - moto loads late

    def match(pattern: str, text: str) -> bool | None:
        """None for no match, as a regular expression answers."""
        return wildcard(pattern)(text) or None

    replace(IAMPolicyStatement, "_match", lambda _: staticmethod(match))


def _queues() -> None:
    from moto.sqs.models import SQSBackend  # noqa: PLC0415 - moto loads late

    def make(known: Any) -> Any:
        def list_queues(self: Any, queue_name_prefix: str) -> Any:
            return known(self, re.escape(queue_name_prefix or ""))

        return list_queues

    replace(SQSBackend, "list_queues", make)


def _objects() -> None:
    from moto.s3 import responses  # noqa: PLC0415 - moto loads late
    from moto.s3.utils import compute_checksum  # noqa: PLC0415

    def matches_origin(origin: str, allowed: list[str]) -> bool:
        return any(starred(each)(origin) for each in allowed)

    def make_checksum(_: Any) -> Any:
        def get_checksum(self: Any, answered: dict[str, Any]) -> tuple[str, str | None]:
            algorithm = str(self.headers.get("x-amz-sdk-checksum-algorithm", ""))
            name = f"x-amz-checksum-{algorithm.lower()}"
            value = self.headers.get(name)
            if not value and algorithm:
                trailing = _TRAILING.search(self.raw_body[-TRAILER_BYTES:])
                value = trailing[1] if trailing else None
                value = value or compute_checksum(self.raw_body, algorithm=algorithm)
            if isinstance(value, bytes):
                value = value.decode()
            if value:
                answered[name] = value
            return algorithm, value

        return get_checksum

    replace(responses, "cors_matches_origin", lambda _: matches_origin)
    replace(responses.S3Response, "_get_checksum", make_checksum)
