"""S3's lifecycle: what a bucket's rules say of old objects is done, at every midnight of the
scaled clock.

Source: Amazon S3 User Guide, "Lifecycle configuration elements", "Expiring objects" and
"Lifecycle and other bucket configurations" (read 2026-11): an object's age is rounded to the next
midnight UTC; in a bucket with versions the current one gets a delete marker; the events are
s3:LifecycleExpiration:Delete and :DeleteMarkerCreated. AWS may take longer; here it is done at that
midnight. Objects that Object Lock holds stay.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import UTC
from typing import Any

from ..clock import ScaledClock, ScaledTime
from ..iam.account import ACCOUNT_ID
from .current import CurrentCall, answering
from .lifecycle_rules import Rule, read
from .seam import replace
from .suspended_versions import settle

log = logging.getLogger(__name__)
DAY_S = 86_400
SHORTEST_S = 0.25
BY_S3 = CurrentCall(user_id="AmazonS3", source_ip="s3.amazonaws.com")


def install() -> None:
    """Keep a bucket's rules as they came."""
    from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late
    from moto.s3.exceptions import NoSuchLifecycleConfiguration  # noqa: PLC0415
    from moto.s3.models import FakeBucket  # noqa: PLC0415
    from moto.s3.responses import S3Response  # noqa: PLC0415

    def make_set(_: Any) -> Any:
        def set_lifecycle(self: Any, rules: list[Any]) -> None:
            self.rules = read(rules)

        return set_lifecycle

    def make_get(_: Any) -> Any:
        def get_bucket_lifecycle(self: Any) -> Any:
            self.data["Action"] = "GetBucketLifecycleConfiguration"
            rules = self.backend.get_bucket_lifecycle(self.bucket_name)
            if not rules:
                raise NoSuchLifecycleConfiguration(bucket_name=self.bucket_name)
            size = "all_storage_classes_128K"
            shown = [each.shown for each in rules]
            return self.serialized(
                ActionResult({"Rules": shown, "TransitionDefaultMinimumObjectSize": size})
            )

        return get_bucket_lifecycle

    replace(FakeBucket, "set_lifecycle", make_set)
    replace(S3Response, "get_bucket_lifecycle", make_get)


class Lifecycle:
    """Does what the rules of all buckets say. ``wait`` returns when moto is loaded."""

    def __init__(self, wait: Callable[[], None], clock: ScaledClock) -> None:
        self._wait = wait
        self._time = ScaledTime(clock)

    async def run(self) -> None:
        """Look at every midnight of the scaled clock, until it is cancelled."""
        while True:
            midnight = (self._time.now() // DAY_S + 1) * DAY_S
            await asyncio.sleep(max(SHORTEST_S, self._time.wait_s(midnight)))
            try:
                await asyncio.to_thread(self.sweep, self._time.now())
            except Exception:
                log.exception("the lifecycle rules of buckets were not looked at")

    def sweep(self, now: float) -> None:
        """Delete what is old enough at ``now``, a time of the scaled clock."""
        self._wait()
        from moto.s3.models import s3_backends  # noqa: PLC0415 - moto loads late

        backend = s3_backends[ACCOUNT_ID]["aws"]
        for bucket in list(backend.buckets.values()):
            rules = [rule for rule in getattr(bucket, "rules", ()) if rule.is_enabled]
            if rules:
                with answering(BY_S3):
                    _Sweep(backend, bucket, now, self._time.of).of(rules)


class _Sweep:
    """One bucket's turn."""

    def __init__(
        self, backend: Any, bucket: Any, now: float, scaled: Callable[[float], float]
    ) -> None:
        self._backend, self._bucket = backend, bucket
        self._now, self._scaled = now, scaled

    def of(self, rules: list[Rule]) -> None:
        """Do what the rules say."""
        for rule in rules:
            for name in list(self._bucket.keys):
                if rule.selection.takes_key(name):
                    self._expire(rule, name)
            if rule.abort_days is not None:
                self._abort(rule, rule.abort_days)

    def _expire(self, rule: Rule, name: str) -> None:
        versions = list(self._bucket.keys.getlist(name, []))
        if not versions:
            return
        for place, version in enumerate(versions[:-1]):
            since = versions[place + 1].last_modified
            newer = len(versions) - 2 - place
            if (
                rule.noncurrent_days is not None
                and newer >= rule.newer_versions
                and self._is_old(since, rule.noncurrent_days)
                and self._takes(rule, version)
            ):
                self._remove(name, version)
        current = versions[-1]
        old = rule.date is not None and rule.date <= self._now
        old = old or (rule.days is not None and self._is_old(current.last_modified, rule.days))
        if _is_marker(current):
            alone = len(self._bucket.keys.getlist(name, [])) == 1
            if alone and (rule.deletes_markers or old):
                self._remove(name, current)
        elif old and self._takes(rule, current):
            self._expire_current(name, current)

    def _expire_current(self, name: str, current: Any) -> None:
        if self._bucket.versioning_status is None:
            self._remove(name, current)
            return
        from moto.s3.models import FakeDeleteMarker  # noqa: PLC0415 - moto loads late
        from moto.s3.notifications import S3NotificationEvent as Event  # noqa: PLC0415

        self._bucket.keys[name] = marker = FakeDeleteMarker(key=current)
        settle(self._bucket, name, marker)
        self._tell(Event.LIFECYCLE_EXPIRATION_DELETE_MARKER_CREATED_EVENT, marker)

    def _remove(self, name: str, version: Any) -> None:
        if not _is_marker(version) and version.is_locked(governance_bypass=False):
            return
        from moto.s3.notifications import S3NotificationEvent as Event  # noqa: PLC0415

        left = [each for each in self._bucket.keys.getlist(name, []) if each is not version]
        self._bucket.keys.setlist(name, left)
        if not left:
            self._bucket.keys.pop(name)
        self._tell(Event.LIFECYCLEEXPIRATION_DELETE_EVENT, version)

    def _tell(self, event: Any, version: Any) -> None:
        from moto.s3 import notifications  # noqa: PLC0415 - moto loads late

        notifications.send_event(ACCOUNT_ID, event, self._bucket, version)

    def _abort(self, rule: Rule, days: int) -> None:
        for number, upload in list(self._bucket.multiparts.items()):
            began = self._scaled(upload.began_at)
            if rule.selection.takes_key(upload.key_name) and _due(began, days) <= self._now:
                self._bucket.multiparts.pop(number, None)

    def _takes(self, rule: Rule, version: Any) -> bool:
        if _is_marker(version):
            return not rule.selection.tags
        tags = self._backend.tagger.get_tag_dict_for_resource(version.arn)
        return rule.selection.takes(version.name, version.size, tags)

    def _is_old(self, since: Any, days: int) -> bool:
        return _due(self._scaled(since.replace(tzinfo=UTC).timestamp()), days) <= self._now


def _due(since: float, days: int) -> float:
    """The midnight at which ``days`` have passed, in seconds since the epoch."""
    return math.ceil((since + days * DAY_S) / DAY_S) * DAY_S


def _is_marker(version: Any) -> bool:
    from moto.s3.models import FakeDeleteMarker  # noqa: PLC0415 - moto loads late

    return isinstance(version, FakeDeleteMarker)
