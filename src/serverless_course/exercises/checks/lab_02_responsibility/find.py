"""Who has what: the auditor's list, with the functions that each line is true of."""

from typing import Any

from serverless_course.exercises.audited_shop import FAULTS, FUNCTIONS
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.shop import settings_of
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import several, shown, word
from serverless_course.exercises.task import task

AWS = "patches"
LINES = (*FAULTS, AWS)
# What somebody overlooked who names the wrong function, and the call that shows it.
LOOK = {
    "role": "lam.get_function_configuration(…)['Role'], then iam.get_role_policy(…)",
    "secret": "lam.get_function_configuration(…)['Environment']",
    "runtime": "lam.get_function_configuration(…)['Runtime']",
    "timeout": "lam.get_function_configuration(…)['Timeout']",
    "url": "lam.get_function_url_config(…)['AuthType'], and a call without a signature",
    "policy": "lam.get_policy(…): is there a Condition with the topic's ARN?",
    "logs": "logs.describe_log_groups(…): which have no retentionInDays?",
}
IN_ORDER = {
    ("url", "carrier"): "carrier has a URL, and it wants a signature (AWS_IAM).",
    ("policy", "stamp"): "The policy of stamp names one topic, in its condition.",
    ("policy", "refunds"): "The policy of refunds is about its URL: that is another line.",
    ("logs", "stamp"): "The group of stamp keeps its events for 30 days.",
    ("logs", "refunds"): "The group of refunds keeps its events for 30 days.",
}


@task("find")
def find(lab: CheckedLab, answer: Any) -> Feedback:
    """For each line of the auditor's list: the functions, or AWS where it is AWS's duty."""
    for short in FUNCTIONS:
        settings_of(lab, short)
    if not isinstance(answer, dict):
        return NotYet(
            "The answer is a dictionary with the lines of the list.",
            expected="{" + ", ".join(f'"{line}": …' for line in LINES) + "}",
            got=shown(answer),
        )
    missing = [line for line in LINES if line not in answer]
    if missing:
        return NotYet(f"The line {missing[0]!r} is missing.", expected=", ".join(LINES))
    for line, right in FAULTS.items():
        wrong = _wrong(line, _short_names(lab, answer[line]), set(right))
        if wrong is not None:
            return wrong
    return _of_aws(lab, answer[AWS])


def _short_names(lab: CheckedLab, said: Any) -> set[str]:
    """Functions as they may be named: short, in full, or what `lab.deploy` gave."""
    before = lab.name("orders").removesuffix("orders")
    names = {word(getattr(each, "name", each)) for each in several(said)}
    return {name.removeprefix(before) for name in names}


def _wrong(line: str, said: set[str], right: set[str]) -> Feedback | None:
    if said == right:
        return None
    if said == {"aws"}:
        return NotYet(
            f"{line}: that is a duty of yours. AWS runs what you configured, and asks no question.",
            next_step=f"Look: {LOOK[line]}",
        )
    if not said:
        return NotYet(
            f"{line}: you name no function, and there is one.", next_step=f"Look: {LOOK[line]}"
        )
    unknown = sorted(said - set(FUNCTIONS))
    if unknown:
        return NotYet(
            f"{line}: the shop has no function {unknown[0]!r}.", expected=", ".join(FUNCTIONS)
        )
    for extra in sorted(said - right):
        why = IN_ORDER.get((line, extra), f"{extra} is in order there.")
        return NotYet(f"{line}: not {extra}. {why}", next_step=f"Look: {LOOK[line]}")
    return NotYet(
        f"{line}: what you name is right, and it is not all.", next_step=f"Look: {LOOK[line]}"
    )


def _of_aws(lab: CheckedLab, said: Any) -> Feedback:
    if word(said) != "aws":
        return NotYet(
            f"{AWS}: a scanner that finds an old patch version has found AWS's duty. In mode Auto, "
            "Lambda takes the patched versions itself.",
            expected='"AWS"',
            got=shown(said),
            next_step="lam.get_runtime_management_config(…) shows the mode. Leave it.",
        )
    taken = pinned(lab)
    if taken:
        return NotYet(
            f"Right on paper; but {taken[0]} does not take AWS's patches by itself any more: "
            "its mode is not Auto. That duty is yours now.",
            next_step="lam.put_runtime_management_config(FunctionName=…, UpdateRuntimeOn='Auto')",
        )
    return Right(
        "Yes: seven lines are yours, one is AWS's, and you left that one alone.",
        evidence=[f"{line}: {', '.join(functions)}" for line, functions in FAULTS.items()],
        not_checked=["that you found them by calls, and did not read the course's code"],
    )


def pinned(lab: CheckedLab) -> list[str]:
    """The shop's functions that are not in mode Auto."""
    client = lab.client("lambda")
    modes = {
        short: client.get_runtime_management_config(FunctionName=lab.name(short))
        for short in FUNCTIONS
    }
    return [short for short, found in modes.items() if found["UpdateRuntimeOn"] != "Auto"]
