"""A layer with fresh modules: published by the learner's function, and found by Python."""

import re
from secrets import token_hex
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_03_function_anatomy.theatre import deployed
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import CodeError, Feedback, NotYet, Right
from serverless_course.exercises.function_answers import (
    function_of,
    return_missing,
)
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.functions.configure import configure

MENU = "menu"
VERSION_ARN = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+")
LAYER_ARN = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:layer:[\w-]+")


@task("layer", time_limit_s=90)
def layer(lab: CheckedLab, answer: Any) -> Feedback:
    """A function that publishes files as a layer whose modules Python finds."""
    publish = function_of(answer, "publish", "publish(files)")
    before = [each["Arn"] for each in deployed(lab, MENU).get("Layers", [])]
    evidence: list[str] = []
    try:
        for number in (1, 2):
            values = {f"dish_{token_hex(4)}": token_hex(6) for _ in range(number)}
            arn = publish({f"{name}.py": f'VALUE = "{v}"\n' for name, v in values.items()})
            _attach(lab, arn)
            evidence += [_found(lab, name, value, evidence) for name, value in values.items()]
    finally:
        _use(lab, before)
    return Right(
        "Yes: modules that you did not know came from your layers.",
        evidence=evidence,
        not_checked=["compiled modules: they need a build for Amazon Linux and its processor"],
    )


def _attach(lab: CheckedLab, arn: Any) -> None:
    if not isinstance(arn, str) or not VERSION_ARN.fullmatch(arn):
        whole = isinstance(arn, str) and LAYER_ARN.fullmatch(arn)
        raise NotYet(
            "That is the ARN of the layer. A function takes a version of it: its ARN ends with a "
            "number."
            if whole
            else "`publish` must return the LayerVersionArn that publish_layer_version gave."
            + return_missing(arn),
            got=shown(arn),
            next_step='Return `answer["LayerVersionArn"]`.',
        )
    try:
        _use(lab, [arn])
    except ClientError as error:
        said = error.response["Error"].get("Message", "")
        raise NotYet(
            "Lambda does not attach that layer.",
            evidence=[said],
            next_step="Publish a version each time that `publish` is called.",
        ) from error


def _found(lab: CheckedLab, name: str, value: str, evidence: list[str]) -> str:
    """Evidence that a module was imported from the layer; `NotYet` says where it went instead."""
    run = lab.invoke(lab.name(MENU), {"module": name})
    if run.error_type in ("ModuleNotFoundError", "Runtime.ImportModuleError"):
        raise NotYet(
            f"The layer is attached, and Python does not find {name}. /opt itself is not on its "
            "search path; /opt/python is.",
            evidence=[*evidence, seen(run)],
            next_step='Put each file below `python/` in the zip: `f"python/{name}"`.',
        )
    if not run.ok:
        raise CodeError(
            f"The function menu raised {run.error_type}: {run.error_message}",
            evidence=[*evidence, seen(run)],
            next_step="May everybody read the files in the zip? Lambda's user is not their owner.",
        )
    payload = run.payload if isinstance(run.payload, dict) else {}
    if payload.get("value") != value:
        raise NotYet(
            f"{name} was found, with something else in it than `publish` was given.",
            expected=value,
            got=shown(payload.get("value")),
            evidence=evidence,
        )
    return f"{name}: {payload.get('file')}"


def _use(lab: CheckedLab, arns: list[str]) -> None:
    configure(lab.client("lambda"), lab.name(MENU), permissions_spread=False, Layers=arns)
