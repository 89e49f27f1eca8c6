"""Outputs that are kept: only what every run gives again, letter by letter.

Nothing is normalised silently. What goes: display metadata, and an error's traceback (it holds
paths of the machine; nbval does not compare it). What cannot be kept stops the build.
"""

from __future__ import annotations

from typing import Any

from serverless_course.authoring.notebook import Notebook, code_cells, is_measured

Outputs = list[dict[str, Any]]
KEPT_FORMS = ("text/plain", "text/html", "text/markdown", "text/latex")
ADVICE = "tag it measured or make it stable"


class OutputError(ValueError):
    """A cell's output cannot be kept; the message names the cell and what to do."""


def normalise(cell_id: str, outputs: Outputs, count: int) -> Outputs:
    """Return the outputs of an untagged cell in the form in which they are kept.

    Args:
        cell_id: for messages.
        outputs: as the kernel gave them.
        count: the cell's number, from 1.

    Raises:
        OutputError: an output is of a form that changes from run to run or machine to machine.
    """
    kept: Outputs = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            _add_stream(cell_id, kept, output)
        elif kind == "error":
            told = f"{output['ename']}: {output['evalue']}"
            kept.append({**_error_head(output), "traceback": [told]})
        else:
            kept.append(_display(cell_id, output, count))
    return kept


def carried_over(new: Notebook, old: Notebook) -> dict[str, Outputs]:
    """Return the outputs of ``old`` that hold for ``new``, by cell id.

    An output holds while its code cell and all code cells above it are unchanged.
    """
    carried: dict[str, Outputs] = {}
    for cell, before in zip(code_cells(new), code_cells(old), strict=False):
        same = all(cell[key] == before.get(key) for key in ("id", "source"))
        ran = before.get("execution_count") is not None
        if not same or not ran or is_measured(cell) != is_measured(before):
            break
        carried[cell["id"]] = before["outputs"]
    return carried


def missing_outputs(notebook: Notebook, outputs: dict[str, Outputs]) -> list[str]:
    """Return the ids of the cells that keep their output and have none in ``outputs``."""
    return [
        cell["id"]
        for cell in code_cells(notebook)
        if not is_measured(cell) and cell["id"] not in outputs
    ]


def put_outputs(notebook: Notebook, outputs: dict[str, Outputs]) -> None:
    """Put ``outputs`` into the cells that keep theirs.

    Raises:
        OutputError: see :func:`normalise`.
    """
    for cell in code_cells(notebook):
        if not is_measured(cell):
            given = outputs[cell["id"]]
            cell["outputs"] = normalise(cell["id"], given, cell["execution_count"])


def compare_runs(notebook: Notebook, first: dict[str, Outputs], second: dict[str, Outputs]) -> None:
    """Check that two runs gave the same outputs.

    Raises:
        OutputError: a cell that keeps its output gave two; the message holds both texts.
    """
    for cell in code_cells(notebook):
        if is_measured(cell):
            continue
        name, count = cell["id"], cell["execution_count"]
        one, two = (normalise(name, run[name], count) for run in (first, second))
        if one != two:
            raise OutputError(
                f"cell '{name}' gave two outputs in two runs: {ADVICE}.\n"
                f"first run:\n{as_text(one)}\nsecond run:\n{as_text(two)}"
            )


def as_text(outputs: Outputs) -> str:
    """Return outputs as a reader sees them, for messages."""
    parts = []
    for output in outputs:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}")
        else:
            parts += [f"[{form}] {text}" for form, text in sorted(output["data"].items())]
    return "\n".join(parts)


def _error_head(output: dict[str, Any]) -> dict[str, Any]:
    return {key: output[key] for key in ("output_type", "ename", "evalue")}


def _add_stream(cell_id: str, kept: Outputs, output: dict[str, Any]) -> None:
    if output["name"] == "stderr":
        raise OutputError(
            f"cell '{cell_id}' writes to standard error: {output['text'].strip()!r}. "
            "Mend what it warns of, or tag the cell measured."
        )
    # How a kernel cuts a stream into messages changes from run to run.
    if kept and kept[-1]["output_type"] == "stream":
        kept[-1]["text"] += output["text"]
    else:
        kept.append({"output_type": "stream", "name": "stdout", "text": output["text"]})


def _display(cell_id: str, output: dict[str, Any], count: int) -> dict[str, Any]:
    for form in output["data"]:
        if form not in KEPT_FORMS:
            raise OutputError(
                f"cell '{cell_id}' shows {form}, which is not the same on every machine: "
                "tag the cell measured"
            )
    shown: dict[str, Any] = {
        "output_type": output["output_type"],
        "data": dict(output["data"]),
        "metadata": {},
    }
    if output["output_type"] == "execute_result":
        shown["execution_count"] = count
    return shown
