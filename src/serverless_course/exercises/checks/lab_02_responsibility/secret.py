"""The signing key: out of the configuration, new, and read from Secrets Manager."""

import base64
from secrets import token_urlsafe
from typing import Any

from serverless_course.exercises.audited_shop import PLANTED_KEY
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.shop import (
    receipt_of,
    sell,
    settings_of,
    variables_of,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

PLACE = "SIGNING_SECRET"
STORED_AS = "signing-key"


@task("secret", needs_answer=False)
def secret(lab: CheckedLab, answer: Any) -> Feedback:
    """Who reads the configuration cannot sign receipts; a rotated secret does, at once."""
    variables = variables_of(lab, "orders")
    if variables.get("SIGNING_KEY") == PLANTED_KEY and PLACE not in variables:
        raise NotAttempted(
            "The signing key still stands in the environment of orders.",
            next_step='`lab.hint("secret")` gives a first step.',
        )
    order, run = sell(lab, renewed=True)
    receipt = run.payload.get("receipt")
    leak = _leak(lab, order, receipt)
    if leak is not None:
        return leak
    if receipt == receipt_of(order, PLANTED_KEY):
        return NotYet(
            "The key is in another place now, and it is the same key. Whoever read the "
            "configuration before can still sign receipts.",
            evidence=[f"request {run.request_id}: signed with the old key"],
            next_step="Put a new key into the secret: secrets.token_urlsafe(32).",
        )
    new = token_urlsafe(24)
    store = lab.client("secretsmanager")
    try:
        store.put_secret_value(
            SecretId=lab.name(STORED_AS, kind="secretsmanager:secret"), SecretString=new
        )
    except store.exceptions.ResourceNotFoundException:
        return NotYet(
            f"There is no secret {lab.name(STORED_AS)} in Secrets Manager. Where does the key come "
            "from?",
            next_step=f'Create it under the name lab.name("{STORED_AS}", '
            'kind="secretsmanager:secret").',
        )
    order, run = sell(lab, renewed=True)
    if run.payload.get("receipt") != receipt_of(order, new):
        return NotYet(
            "The check put a new key into the secret, and a fresh order was signed with another "
            "one: the key does not come from there.",
            evidence=[f"request {run.request_id}"],
            next_step=f"Set {PLACE} to the secret's name; the code of orders does the rest.",
        )
    return Right(
        "Yes: nothing that a reader of the configuration sees signs receipts, the old key is "
        "worth nothing, and a key that the check put into the secret signed a fresh order.",
        evidence=[f"request {run.request_id}: signed with the key that was rotated just now"],
        not_checked=[
            "published versions: they keep the variables that they were published with",
            "who may read the secret: that is the next task",
        ],
    )


def _leak(lab: CheckedLab, order: dict[str, Any], receipt: Any) -> Feedback | None:
    """A value in the configuration with which anybody who reads it signs the same receipt."""
    found = settings_of(lab, "orders")
    tags = lab.client("lambda").list_tags(Resource=found["FunctionArn"])["Tags"]
    places = {f"variable {key}": value for key, value in variables_of(lab, "orders").items()}
    places |= {f"tag {key}": value for key, value in tags.items()}
    places["description"] = found.get("Description", "")
    for place, value in places.items():
        for how, key in _readings(value):
            if receipt == receipt_of(order, key) or key == PLANTED_KEY:
                return NotYet(
                    f"The key can still be read in the configuration: {place}{how}. Everybody who "
                    "may call GetFunctionConfiguration can sign receipts.",
                    next_step=f"Keep the key in Secrets Manager, and its name alone in {PLACE}.",
                )
    return None


def _readings(value: str) -> list[tuple[str, str]]:
    """A value as it stands, and as what it may hide."""
    found = [("", value), (", backwards", value[::-1])]
    for how, decode in (
        (", in base64", lambda text: base64.b64decode(text, validate=True)),
        (", in base64", base64.urlsafe_b64decode),
        (", in hexadecimal", bytes.fromhex),
    ):
        try:
            found.append((how, decode(value).decode()))
        except ValueError:
            continue
    return found
