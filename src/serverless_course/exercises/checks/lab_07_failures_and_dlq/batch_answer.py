"""What a handler answers to a batch in which some messages fail."""

import json
import random
from secrets import token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import fresh_number, packed
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import CodeError, NotAttempted, NotYet
from serverless_course.exercises.inputs import shown
from serverless_course.functions.invocation import Invocation

FORM = '{"batchItemFailures": [{"itemIdentifier": messageId}]}'
KEY, ITEM = "batchItemFailures", "itemIdentifier"


def check_answer(lab: CheckedLab, *, looks: bool) -> list[str]:
    """Give the packer a fresh batch by hand; evidence, when it reports the heavy one and no other.

    Args:
        lab: the lab.
        looks: whether the mapping looks at the handler's answer.

    Raises:
        NotAttempted: the packer is as it came, and the mapping, too.
        NotYet: what is wrong with the answer.
        CodeError: the packer raised something of its own.
    """
    draw = random.SystemRandom()
    first = fresh_number()
    weights = [draw.randint(1, 20), draw.randint(21, 90), draw.randint(1, 20)]
    parcels = [{"order": first + n, "kg": kg} for n, kg in enumerate(weights)]
    records = [_record(parcel) for parcel in parcels]
    run = lab.invoke(lab.name("packer"), {"Records": records})
    if run.timed_out:
        # Its time-out is short, and the first invocation after a change is a cold start.
        run = lab.invoke(lab.name("packer"), {"Records": records})
    told = [f"{seen(run)}: called with three parcels, the second too heavy"]
    if not run.ok:
        _raised(run, told, looks=looks)
    if packed(lab, parcels[1]["order"]):
        raise NotYet(
            f"The packer packed a parcel of {weights[1]} kg. It must stay too heavy: more than "
            "20 kg.",
            evidence=told,
            next_step="Leave `pack` as it came. What changes is the handler.",
        )
    said = _identifiers(run.payload, told)
    ids = [record["messageId"] for record in records]
    strange = [each for each in said if each not in ids]
    if strange:
        raise NotYet(
            f"{ITEM} is {shown(strange[0])}, and no message of the batch has that id. Lambda then "
            "takes the whole batch as failed.",
            expected='the record\'s "messageId"',
            evidence=told,
        )
    if ids[1] not in said:
        raise NotYet(
            "The handler does not report the parcel that is too heavy: Lambda deletes its message "
            "from the queue, and it is in no other.",
            got=shown(run.payload),
            evidence=told,
            next_step="In `except ValueError`, append the message's id to what you return.",
        )
    if len(said) > 1:
        raise NotYet(
            "The handler reports good parcels as failed, too: they will be packed more than once.",
            got=shown(run.payload),
            evidence=told,
            next_step="Report the messages that failed, and no others.",
        )
    times = [min(1, packed(lab, parcels[n]["order"])) for n in (0, 2)]
    if times != [1, 1]:
        raise NotYet(
            f"Of three parcels, the second too heavy, the packer packed {sum(times)}: what is "
            "neither packed nor reported is deleted, and lost.",
            expected="2, the first and the third",
            evidence=told,
            next_step="Go on with the next message when one fails.",
        )
    return told


def _raised(run: Invocation, told: list[str], *, looks: bool) -> None:
    heavy = run.error_type == "ValueError" and "too heavy" in run.error_message
    if not heavy:
        step = "Fix functions/packer_fixed/index.py, deploy it again, then check again."
        if run.error_type == "KeyError" and "TABLE" in run.error_message:
            step = 'Deploy it with `environment={"TABLE": table}`.'
        raise CodeError(
            f"The packer raised {run.error_type}: {run.error_message}",
            evidence=told,
            next_step=step,
        )
    if looks:
        raise NotYet(
            "The mapping looks at the handler's answer now; but the handler still raises its "
            "error, so the whole batch fails.",
            evidence=told,
            next_step="Change functions/packer_fixed/index.py, and deploy it in place of the old "
            "one.",
        )
    raise NotAttempted(
        "The packer still fails for the whole batch.",
        evidence=told,
        next_step="Change functions/packer_fixed/index.py, deploy it, and update the mapping.",
    )


def _identifiers(payload: Any, told: list[str]) -> list[Any]:
    """The ids that an answer reports; `NotYet` names what is wrong with its form."""
    got, step = json.dumps(payload)[:120], f"Return a dictionary of this form: {FORM}."
    if payload is None:
        raise NotYet(
            "The handler caught the error and returned nothing. Lambda takes that for success, "
            "and deletes the parcel that is too heavy.",
            got=got,
            evidence=told,
            next_step=step,
        )
    if not isinstance(payload, dict):
        raise NotYet(
            "The handler's answer is no dictionary, so Lambda cannot read it, and takes the whole "
            "batch as failed.",
            got=got,
            evidence=told,
            next_step=step,
        )
    if KEY not in payload:
        raise NotYet(
            f"The handler's answer has no key {KEY}, so Lambda takes the batch as a success, and "
            f"the heavy parcel is lost. Its keys: {', '.join(payload) or 'none'}.",
            got=got,
            evidence=told,
            next_step=step,
        )
    items = payload[KEY] or []
    if not isinstance(items, list) or any(not isinstance(each, dict) for each in items):
        raise NotYet(
            f"{KEY} is a list of dictionaries, each with the key {ITEM}. Yours holds bare ids, or "
            "is no list: Lambda cannot read it, and takes the whole batch as failed.",
            got=got,
            evidence=told,
            next_step=step,
        )
    wrong = next((each for each in items if ITEM not in each), None)
    if wrong is not None:
        raise NotYet(
            f"An entry of {KEY} has the key {', '.join(wrong) or 'nothing'}, and Lambda reads "
            f"{ITEM}: it takes the whole batch as failed.",
            got=got,
            evidence=told,
            next_step=step,
        )
    return [each[ITEM] for each in items]


def _record(parcel: dict[str, int]) -> dict[str, Any]:
    """A message as a mapping hands it over (Lambda Developer Guide, "Using Lambda with SQS")."""
    return {
        "messageId": token_hex(16),
        "receiptHandle": token_hex(24),
        "body": json.dumps(parcel),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }
