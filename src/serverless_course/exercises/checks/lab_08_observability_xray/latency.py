"""Where the time of a checkout goes: the slowest step, and cold starts."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import MORNING, log
from serverless_course.exercises.checks.lab_08_observability_xray.traces import (
    STEPS,
    function_node,
    traces,
    traces_of,
)
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, shown, whole, word
from serverless_course.exercises.task import task
from serverless_course.traces.tree import Tree

TRAFFIC = MORNING


@task("slow")
def slow(lab: CheckedLab, answer: Any) -> Feedback:
    """The step that takes the most time, over all checkouts that went well."""
    sendings = sent_together(lab, TRAFFIC)
    if not sendings:
        return NotYet(
            f"There are no {TRAFFIC} checkouts of one sending to look at.",
            next_step="Run the cells `send` and `fetch` once more.",
        )
    # The latest sending: which step is slow is of its day.
    well = [tree for tree in sendings[-1] if tree.state == "ok"]
    spent = dict.fromkeys(STEPS, 0.0)
    for tree in well:
        for _, node in tree.walk():
            if node.name in spent:
                spent[node.name] += node.seconds
    said = word(answer)
    if said not in spent:
        return NotYet(_no_step(lab, said), got=shown(answer), expected=f"one of {', '.join(STEPS)}")
    whole_s = sum(tree.seconds for tree in well)
    evidence = [f"{len(well)} traces without an error, {whole_s:.2f} s in all"]
    slowest = max(spent, key=lambda name: spent[name])
    if said != slowest:
        return NotYet(
            f"The step {said} took {100 * spent[said] / whole_s:.0f} % of the time, and another "
            "one more.",
            evidence=evidence,
            next_step="Add up the seconds of each step over all traces.",
        )
    return Right(
        f"Yes: {slowest}, with {100 * spent[slowest] / whole_s:.0f} % of the time of all these "
        "checkouts, cold starts included.",
        evidence=evidence,
    )


def _no_step(lab: CheckedLab, said: str) -> str:
    """What to say to an answer that is no step."""
    texts = {
        lab.name("checkout"): "That is the whole checkout. Which of its five steps takes the most "
        "time?",
        "lambda": "Two steps call Lambda. Which step is it?",
        "dynamodb": "Two steps call DynamoDB. Which step is it?",
        "sqs": "One step calls SQS. Which step is it?",
    }
    for step in ("price", "coupon"):
        texts[lab.name(step)] = (
            f"That is the function that the step {step} calls. The answer is the name of a step."
        )
    return texts.get(said, "The answer is the name of a step, as text.")


@task("cold")
def cold(lab: CheckedLab, answer: Any) -> Feedback:
    """How many of the first checkouts started a new environment of the function."""
    said = whole(answer)
    if said is None:
        return NotYet(number_wanted("a whole number", answer), got=shown(answer))
    counted = [_cold_starts(lab, trees) for trees in sent_together(lab, TRAFFIC)]
    if not counted:
        return NotYet(
            f"There are no {TRAFFIC} checkouts of one sending to count in.",
            next_step="Run the cells `send` and `fetch` once more.",
        )
    own, everywhere = counted[-1]
    if said == own:
        return Right(
            f"Yes: {said} of {TRAFFIC}. Each of these customers waited for an environment."
            if said
            else f"Yes: none of {TRAFFIC}. An earlier sending had started all environments.",
            evidence=[f"{TRAFFIC} traces, with {everywhere} cold starts of all functions"],
        )
    return _another_number(said, counted)


def _another_number(said: int, counted: list[tuple[int, int]]) -> Feedback:
    """What to say to a number of cold starts that the latest sending does not show."""
    _, everywhere = counted[-1]
    if said in [earlier for earlier, _ in counted[:-1]]:
        text = "That was the number of an earlier sending. The check counts in your latest one."
        step = "Run the cell `fetch`, and count again."
    elif said == everywhere:
        text = "That counts cold starts of other functions, too. Count those of checkout alone."
        step = "`node.name == checkout.name` picks its nodes."
    elif said == 0:
        text = "There are some. Look for bars called Initialization in the slowest traces."
        step = "On AWS, they may be called Init."
    else:
        text = "The traces show another number."
        step = "Count the traces in which a cold start hangs below the function checkout."
    return NotYet(
        text,
        got=str(said),
        evidence=[f"the {TRAFFIC} traces of your latest orders"],
        next_step=step,
    )


def _cold_starts(lab: CheckedLab, trees: list[Tree]) -> tuple[int, int]:
    """How many traces show a cold start of checkout, and how many all functions had."""
    own = everywhere = 0
    for tree in trees:
        node = function_node(tree, lab.name("checkout"))
        own += node is not None and any(child.is_cold_start for child in node.children)
        everywhere += sum(each.is_cold_start for _, each in tree.walk())
    return own, everywhere


def sent_together(lab: CheckedLab, orders: int) -> list[list[Tree]]:
    """The traces of each sending of the orders 1, 2, 3 and so on, the latest sending last.

    X-Ray keeps the traces of functions that are gone. The log is deleted with its function: it
    tells which traces are of now. A number that comes again begins a new sending. Where the log
    names no traces, the first that X-Ray knows are taken for one sending.
    """
    started: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for line in log(lab):
        fields = line.fields or {}
        if line.kind in ("platform.start", "platform.report"):
            header = fields["record"].get("tracing", {}).get("value", "")
            trace_id = header.partition("Root=")[2].partition(";")[0]
            started[line.request_id] = started.get(line.request_id) or trace_id
        elif isinstance(fields.get("order"), int) and 1 <= fields["order"] <= orders:
            numbers[line.request_id] = fields["order"]
    sendings: list[dict[int, str]] = [{}]
    for request, trace_id in started.items():
        number = numbers.get(request)
        if number in sendings[-1]:
            sendings.append({})
        if number is not None and trace_id:
            sendings[-1][number] = trace_id
    if not any(started.values()):
        sent = traces_of(lab, "checkout")[:orders]
        return [sent] if len(sent) == orders else []
    return [traces(lab, list(each.values())) for each in sendings if len(each) == orders]
