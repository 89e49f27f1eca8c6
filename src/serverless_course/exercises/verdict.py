"""What a check answers: one of five states, and what it looked at to get there.

As HTML it reads well in JupyterLab's light and dark themes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from html import escape


class State(StrEnum):
    """The five answers a check can give; the text is what the learner reads."""

    NOT_ATTEMPTED = "not attempted"
    NOT_YET_RIGHT = "not yet right"
    ERROR_IN_YOUR_CODE = "error in your code"
    PROBLEM_OF_THE_ENVIRONMENT = "problem of the environment"
    RIGHT = "right"


# Symbols without an emoji form, so that every font shows the same shape.
SYMBOLS = {
    State.NOT_ATTEMPTED: "○",
    State.NOT_YET_RIGHT: "△",
    State.ERROR_IN_YOUR_CODE: "✗",
    State.PROBLEM_OF_THE_ENVIRONMENT: "‼",
    State.RIGHT: "✓",
}

# Text takes the theme's own colours. The accent bar is never the only carrier of meaning
# (symbol and word stand beside it); each accent keeps 3:1 to white and to #212121, the two
# themes' cell backgrounds (WCAG 2.2, 1.4.11).
TEXT = "var(--jp-ui-font-color1, currentColor)"
BACKGROUND = "var(--jp-layout-color1, transparent)"
ACCENTS = {
    State.NOT_ATTEMPTED: "#808080",
    State.NOT_YET_RIGHT: "#c66a00",
    State.ERROR_IN_YOUR_CODE: "#d6453d",
    State.PROBLEM_OF_THE_ENVIRONMENT: "#9a63c4",
    State.RIGHT: "#2a8a57",
}


@dataclass(frozen=True)
class Verdict:
    """The answer of one check.

    `message` is one or two sentences for the learner. `expected` and `got` are shown side by
    side when both help; `evidence` holds what changes from run to run (request ids, log lines,
    measured figures) and stays out of the plain-text form. `not_checked` says what a learner
    must not conclude from this verdict.
    """

    task: str
    state: State
    message: str
    expected: str | None = None
    got: str | None = None
    evidence: tuple[str, ...] = ()
    next_step: str | None = None
    not_checked: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """True for the state *right* only."""
        return self.state is State.RIGHT

    @property
    def headline(self) -> str:
        """Symbol, state and task: `✓ right · cheapest`."""
        return f"{SYMBOLS[self.state]} {self.state} · {self.task}"

    def facts(self) -> list[tuple[str, str]]:
        """The labelled lines below the message, those that are set, in reading order."""
        lines = [("Expected", self.expected), ("Got", self.got), ("Next", self.next_step)]
        lines += [("Not checked", "; ".join(self.not_checked) or None)]
        return [(label, text) for label, text in lines if text]

    def __str__(self) -> str:
        lines = [self.headline, self.message]
        lines += [f"{label}: {text}" for label, text in self.facts()]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return to_html(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}


def to_html(verdict: Verdict) -> str:
    """The verdict as one HTML block with `role="status"`, so that a screen reader reads it."""
    accent = ACCENTS[verdict.state]
    parts = [
        f'<div role="status" class="course-verdict" style="color: {TEXT}; '
        f"background: {BACKGROUND}; border: 1px solid {accent}; border-left: 6px solid {accent}; "
        'padding: 0.5em 0.9em; margin: 0.3em 0; max-width: 60em">',
        f"<div><strong>{SYMBOLS[verdict.state]} {escape(str(verdict.state).capitalize())}</strong>"
        f" · {escape(verdict.task)}</div>",
        f'<div style="margin-top: 0.3em">{inline(verdict.message)}</div>',
    ]
    for label, text in verdict.facts():
        parts.append(
            f'<div style="margin-top: 0.3em"><strong>{label}:</strong> {inline(text)}</div>'
        )
    if verdict.evidence:
        items = "".join(f"<li>{inline(line)}</li>" for line in verdict.evidence)
        parts.append(
            '<details style="margin-top: 0.3em"><summary>What this check looked at</summary>'
            f'<ul style="margin: 0.2em 0">{items}</ul></details>'
        )
    parts.append("</div>")
    return "\n".join(parts)


def inline(text: str) -> str:
    """Escape `text`; turn `backticks` into code and line ends into line breaks."""
    # JupyterLab takes what stands between two dollar signs of one text for a formula.
    escaped = escape(text).replace("$", "<span>$</span>")
    escaped = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escaped)
    return escaped.replace("\n", "<br>")
