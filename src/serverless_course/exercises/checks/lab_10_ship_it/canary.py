"""A roll-out that takes bad versions back, and lets a good one through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import live, part
from serverless_course.exercises.checks.lab_10_ship_it.versions import (
    point,
    published,
    put_back,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.function_answers import function_of
from serverless_course.exercises.photo_log import photo_lines
from serverless_course.exercises.photo_traffic import arriving
from serverless_course.exercises.task import task
from serverless_course.waiting import until

MOST_SHARE = 0.5
LOOK_EVERY_S = 0.1
PHOTOS_A_SECOND = 25
# Photos that a version has to convert before it is promoted, as the lab's text says.
ENOUGH = 25
LOG_WITHIN_S = 5.0
CAUGHT = "its function catches an error for each photo, and reports it"
CRASHED = "its function does not start"


@dataclass
class Shares:
    """What the alias gave to a version, as somebody saw who looked ten times a second."""

    version: str
    seen: set[float] = field(default_factory=set)
    all_since_s: float | None = None

    def look(self, alias: dict[str, Any]) -> None:
        """Note the version's share by the alias's members."""
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        if alias["FunctionVersion"] == self.version:
            self.seen.add(1.0)
            self.all_since_s = self.all_since_s or time.time()
        elif weights.get(self.version):
            self.seen.add(float(weights[self.version]))


@task("canary", time_limit_s=300)
def canary(lab: CheckedLab, answer: Any) -> Feedback:
    """Two versions of the check's own that fail in two ways, then one that works."""
    roll_out = function_of(answer, "roll_out", "roll_out(version)")
    before = live(lab)["FunctionVersion"]
    if before == "1":
        return NotAttempted(
            "`live` still points to version 1, the first attempt.",
            next_step="Do the tasks above first: a canary stands beside a version that works.",
        )
    evidence: list[str] = []
    with put_back(lab, before):
        for what, settings in _bad(lab):
            _rolled_out(lab, roll_out, before, what, settings, evidence)
        good = _rolled_out(lab, roll_out, before, "", _good(), evidence)
    return Right(
        "Yes: both bad versions were taken back, whichever way they fail, and the good one, "
        f"{good}, got all of the traffic after its trial.",
        evidence=[*evidence, f"`live` points to version {before} again, as before this check"],
        not_checked=["a version that writes wrong pictures without an error"],
    )


def _bad(lab: CheckedLab) -> list[tuple[str, dict[str, Any]]]:
    variables = lab.client("lambda").get_function_configuration(FunctionName=lab.name("sepia"))
    known = dict(variables.get("Environment", {}).get("Variables", {}))
    nowhere = {"Variables": known | {"PICTURES": f"{part(lab, 'Pictures')}-{token_hex(3)}"}}
    return [(CAUGHT, {"Environment": nowhere}), (CRASHED, {"Handler": f"h{token_hex(3)}.handler"})]


def _good() -> dict[str, Any]:
    return {"Description": f"a good version of the check, {token_hex(3)}"}


def _rolled_out(
    lab: CheckedLab,
    roll_out: Callable[..., Any],
    before: str,
    what: str,
    settings: dict[str, Any],
    evidence: list[str],
) -> str:
    """Let a version be rolled out while photos arrive, and judge; ``what`` is wrong with it."""
    version, began_s = published(lab, settings), time.time()
    shares = Shares(version)
    photos = arriving(lab.client("s3"), part(lab, "Uploads"), per_second=PHOTOS_A_SECOND)
    with photos as arrivals, _watched(lab, shares):
        said = roll_out(version)
        shares.look(live(lab))
    after = live(lab)
    weights = (after.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    told = ", ".join(f"{share:.0%}" for share in sorted(shares.seen)) or "nothing"
    evidence.append(
        f"version {version}, {what or 'which works'}: had {told} of the traffic while "
        f"{len(arrivals.keys)} photos arrived; then live points to "
        f"{after['FunctionVersion']}{f' and {weights}' if weights else ''}; "
        f"roll_out gave back {said!r}"
    )
    refuse_roll_out(version, before, after, shares.seen, what, evidence)
    if not what:
        refuse_short_trial(version, _converted(lab, shares, began_s), evidence)
    point(lab, before)
    return version


def _converted(lab: CheckedLab, shares: Shares, since_s: float) -> int:
    """How many photos the version had converted when it got all of the traffic."""
    promoted_ms = 1000 * (shares.all_since_s or time.time())

    def look() -> int:
        lines = photo_lines(lab.client("logs"), lab.name("sepia"), since_s)
        trial = [line for line in lines if line.version == shares.version and not line.failed]
        return len({line.photo for line in trial if line.time_ms <= promoted_ms})

    return until(look, LOG_WITHIN_S, ends=lambda number: number >= ENOUGH, every_s=0.5)


def refuse_short_trial(version: str, converted: int, evidence: list[str]) -> None:
    """Raise `NotYet` when a version was promoted before it had converted enough photos."""
    if converted < ENOUGH:
        raise NotYet(
            f"Version {version} was promoted after {converted} photos of its trial. What fails in "
            "one photo of twenty may not have failed yet.",
            expected=f"{ENOUGH} photos or more, before it gets all of the traffic",
            got=str(converted),
            evidence=evidence,
            next_step="Ask `converted(version, began)` until it is enough; do not count seconds.",
        )


@contextmanager
def _watched(lab: CheckedLab, shares: Shares) -> Iterator[None]:
    over, client, name = threading.Event(), lab.client("lambda"), lab.name("sepia")

    def watch() -> None:
        while not over.wait(LOOK_EVERY_S):
            # A look that fails is one look fewer; what is judged is looked at again at the end.
            with suppress(ClientError, BotoCoreError):
                shares.look(client.get_alias(FunctionName=name, Name="live"))

    thread = threading.Thread(target=watch, name="watches the alias", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def refuse_roll_out(
    version: str,
    before: str,
    after: dict[str, Any],
    seen: set[float],
    what: str,
    evidence: list[str],
) -> None:
    """Raise `NotYet` when a roll-out did not end, or was not led, as it should.

    Args:
        version: the version that was rolled out.
        before: where `live` pointed before.
        after: the alias afterwards, as GetAlias tells of it.
        seen: the shares that the version had meanwhile, 0 to 1.
        what: what is wrong with the version; "" for one that works.
        evidence: what to show.
    """
    weights = (after.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    trial = {share for share in seen if share < 1}
    if not seen:
        raise NotYet(
            f"Version {version} never got any of the traffic: so nobody can know whether it works.",
            evidence=evidence,
            next_step="Give it a small share with `weight(version, 0.25)`, then watch.",
        )
    if not trial or max(trial) > MOST_SHARE:
        raise NotYet(
            f"Version {version} got all of the traffic at once, or most of it. A canary begins "
            "with a small share.",
            expected=f"a share of {MOST_SHARE:.0%} at most, before all",
            got=", ".join(f"{share:.0%}" for share in sorted(seen)),
            evidence=evidence,
        )
    if what:
        _refuse_kept(version, before, after, weights, what, evidence)
    elif weights or after["FunctionVersion"] not in (version, before):
        raise NotYet(
            "A good version was left half-way: two versions still share the traffic.",
            got=f"{after['FunctionVersion']} and {weights}",
            evidence=evidence,
            next_step="At the end, `promote(version)` gives it all.",
        )
    elif after["FunctionVersion"] != version:
        raise NotYet(
            "A good version was taken back, without an error and without an alarm.",
            evidence=evidence,
            next_step="Take back when an alarm rings, and promote when enough photos went well. Do "
            "the alarms still see the version before? Wait until they are quiet.",
        )


def _refuse_kept(
    version: str,
    before: str,
    after: dict[str, Any],
    weights: dict[str, float],
    what: str,
    evidence: list[str],
) -> None:
    hint = (
        "Lambda's metric Errors does not see this: the handler does not fail. Watch the metric "
        "Failed of the namespace Sepia, too."
        if what == CAUGHT
        else "The function's own metric does not see this: it never comes to `tell`. Watch "
        "Lambda's metric Errors, too."
    )
    if after["FunctionVersion"] == version:
        raise NotYet(
            f"A bad version was promoted: {what}. All photos go to it now.",
            evidence=evidence,
            next_step=hint,
        )
    if weights:
        raise NotYet(
            f"A bad version was not taken back: {what}, and it still has a share of the traffic.",
            got=str(weights),
            evidence=evidence,
            next_step=hint,
        )
    if after["FunctionVersion"] != before:
        raise NotYet(
            "`live` points to a third version now.",
            expected=before,
            got=str(after["FunctionVersion"]),
            evidence=evidence,
        )
